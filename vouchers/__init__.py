"""Money and the journey of an application from submission to payment.

Built upon `companies` (who); the ledger holds every fen.
"""
