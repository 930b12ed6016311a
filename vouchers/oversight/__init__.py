"""Owns the invariant checks (sql/checks/) and CheckRun: what must be true, asked over and over."""
