"""Owns what people are told: Notification rows, and wake(), the only door to the broker.

Always true: a message is a row of the business transaction; Redis may vanish without losing one.
"""
