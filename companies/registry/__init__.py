"""Owns the parties: Company, Membership, BankAccount, RelatedPair.

Always true: one company per credit code; an account pays once a second person verified it.
"""
