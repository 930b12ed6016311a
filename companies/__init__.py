"""Who: parties, people, places, and the record of what they did.

Knows nothing of money or vouchers; `vouchers` and `config` build upon it.
"""
