"""What every process counts for whoever watches; `config/metrics.py` shows the sums."""

from __future__ import annotations

from prometheus_client import Counter

REFUSALS = Counter("suanquan_refusals", "Refused requests by their public code", ["code"])
