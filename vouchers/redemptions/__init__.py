"""Owns Redemption and UsageRecord: one purchase or billing period, from order to debt.

Always true: held and payable money in the ledger equals what live redemptions say.
"""
