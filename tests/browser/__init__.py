"""One journey per role, in a real browser."""
