"""Owns people: User, Duty (role x agency x programme x period), ApiKey (machine keys).

Not: companies' members (registry). Always true: a right is looked up at the moment of the act.
"""
