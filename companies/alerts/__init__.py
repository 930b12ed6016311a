"""Owns Alert: a doubt raised by rule or by a person, open until somebody answers it with a reason."""
