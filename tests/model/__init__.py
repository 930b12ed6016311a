"""The bank model: a plain dictionary beside the service, told the same commands.

`bank.py` and the `bank_*.py` beside it are the dictionary: what each verb would do to sums,
statuses, seats, promises and counters, and the code by which it would refuse. They import nothing
of the service but its pure calendar and the sampling draw. Left out, for their verbs come later:
advances, clawback, remittance, carrying over a year, regrouping of companies; and, of the files,
returns, objections and appeals, which move no money of their own.

Three layers: A alone (`test_alone.py`), every verb against the dictionary after each step; B
together (`test_together.py`), scripts at once over HTTP, explained by some order of the same
commands; C under fire (`python -m tests.model --under-fire`), B while processes are killed.
"""
