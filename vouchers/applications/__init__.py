"""Owns the file (Application) and acts on it: Decision, FileSeat, PublicNotice, evidence, claims.

Always true: one person has one seat on a file for ever; evidence is claimed once anywhere.
"""
