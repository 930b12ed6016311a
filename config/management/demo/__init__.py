"""A fictitious world (演示 · DEMO) with the published figures of a real scheme, built only by verbs.

Deterministic from a seed: the same numbers, names, sums, states and dates on every machine.
"""
