"""The tools every app builds with: verbs, locks, constraints, numbers, states, SQL files.

Not an app: it owns no table and knows no noun.
"""
