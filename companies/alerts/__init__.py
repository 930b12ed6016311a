"""Owns Alert: a doubt raised by rule or by a person, open until it is answered with a reason."""
