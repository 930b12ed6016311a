"""`/metrics`: what matters to whoever keeps the service running, in Prometheus' text format.

Gauges are read from the rows at each scrape, counters summed over the web processes where
PROMETHEUS_MULTIPROC_DIR is set. Shown to a bearer of SQ_METRICS_TOKEN; without a token, to this
machine only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from companies.agencies.selectors import seconds_overdue
from companies.audit.selectors import count_unsealed
from companies.foundation.clock import now
from vouchers.ledger.selectors import sum_by_kind

LOOPBACK = ("127.0.0.1", "::1")


class Rows(Collector):
    """Figures that stand in tables."""

    def collect(self) -> Iterator[Metric]:
        """One scrape."""
        yield GaugeMetricFamily(
            "suanquan_overdue_seconds",
            "How long the oldest duty that is due has waited",
            seconds_overdue(now()),
        )
        yield GaugeMetricFamily(
            "suanquan_unsealed_events", "Events of the record without a leaf", count_unsealed()
        )
        money = GaugeMetricFamily(
            "suanquan_balance_fen", "Money by the kind of account it stands on", labels=["kind"]
        )
        for kind, balance_fen in sum_by_kind():
            money.add_metric([kind], balance_fen)
        yield money


def metrics(request: HttpRequest) -> HttpResponse:
    """The text, or 404: who may not see it need not know of it."""
    if not may_see(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Rows())
    text = generate_latest(registry)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
        text += generate_latest(counted)
    else:
        text += generate_latest(REGISTRY)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def may_see(request: HttpRequest) -> bool:
    """The token's bearer; without a token, a caller on this machine that no proxy forwarded."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    is_forwarded = "X-Forwarded-For" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_forwarded
