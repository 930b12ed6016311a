"""Owns the record: AuditEvent (what happened), AuditPayload (before, after), AuditLeaf, TreeHead.

Not: decisions (applications) or money (ledger). Always true: events are only ever added, in the
transaction of what they tell; one sealer gives each exactly one leaf, without gaps.
"""
