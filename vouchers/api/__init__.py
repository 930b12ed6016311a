"""The API under /api/v1/: parse, authenticate, shape, map errors; one domain call per handler.

Knows no rule: whatever a request changes is one verb of the domain.
"""
