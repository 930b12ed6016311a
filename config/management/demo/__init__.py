"""A fictitious world (演示 · DEMO) with a real scheme's published figures, built only by verbs.

Deterministic from a seed: the same numbers, names, sums, states and dates on every machine.
"""
