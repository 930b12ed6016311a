"""Owns Provider, Admission, Offer, ComputeCentre, UsageAccount: who may sell compute, at what price.

Always true: an offer's prices do not overlap in time; an admission is dated.
"""
