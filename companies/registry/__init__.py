"""Owns the parties: Company, Membership, BankAccount, RelatedPair.

Always true: one company per credit code; a bank account pays only after a second person verified it.
"""
