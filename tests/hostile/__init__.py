"""Hostile input and hostile visitors: what they send, and what must come of it."""
