"""Who may do what (the access matrix): every route × method × role × target, generated.

`policy.yaml` says per route and method who may; a route or method without a line is red. `world.py`
builds one committed world per worker: a scheme with a noun in every needed state, a rival company
beside the applicant, a neighbouring body with nouns of its own, a person per role. `cells.py` turns
policy × roles × targets into cells with the one answer each must have; `asking.py` puts a cell to
the application and compares. Every answer is also searched for what the asker may not see.

A mismatch names the cell. A new route: one line in the policy; a new noun: its states in the world.
"""
