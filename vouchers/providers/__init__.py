"""Owns Provider, Admission, Offer, ComputeCentre, UsageAccount: who sells, at what price.

Always true: an offer's prices do not overlap in time; an admission is dated.
"""
