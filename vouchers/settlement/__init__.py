"""Owns SettlementBatch, SettlementLine, PaymentOrder, PaymentInstruction: paying what was accepted.

Always true: a redemption lies in one live line per funding line; nothing is paid without
a payment number.
"""
