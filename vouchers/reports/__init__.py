"""Owns ExportJob, the datasets auditors read, and their writers.

Always true: an export names its place in the sealed log, its rows, totals and digests.
"""
