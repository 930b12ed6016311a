"""Owns every fen: Account, JournalEntry (台账凭证), Transfer (分录), ClosedMonth.

Not: who the parties are. Always true: no account but a source is overdrawn; every row is
two-sided; entries and transfers are only added; one key, one entry.
"""
