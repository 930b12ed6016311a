"""Owns the file (Application) and all acts on it: Decision, FileSeat, PublicNotice, evidence and claims.

Always true: one person has one seat on a file for ever; evidence is claimed once anywhere.
"""
