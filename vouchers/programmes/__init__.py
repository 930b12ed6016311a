"""Owns schemes: Programme, RuleVersion, Round, SeatMap, and the budget tree with its documents.

Not: the money itself (ledger). Always true: published rules never change; the policy ceiling and
the appropriated sum are two numbers.
"""
