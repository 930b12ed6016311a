"""Owns Voucher and VoucherFunding: the right granted, its frozen terms, its certificate.

Always true: face value = what was issued into it; a number opens nothing.
"""
