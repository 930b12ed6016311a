"""Servers that stay away, and two that do the same: F-16, F-17."""

from __future__ import annotations

import time
from collections.abc import Iterator

from celery import current_app

from companies.audit.models import AuditLeaf, TreeHead
from companies.foundation.clock import now
from tests.fault import judge
from tests.fault.judge import Verdict
from tests.fault.stage import Stage
from vouchers.reports.models import ExportJob
from vouchers.reports.services import request_export

GAPS = 5
GAP_SECONDS = 30.0
BACK_SECONDS = 60.0
SEALING_SECONDS = 6.0


def broker_away(stage: Stage) -> Iterator[Verdict]:
    """F-16 Redis is gone for 30 s, five times."""
    cluster, scheme = stage.cluster, stage.world.scheme
    for number in range(1, GAPS + 1):
        cluster.kill("redis")
        crowd = stage.crowd(pause=0.5)
        job = request_export(
            actor=scheme.actor("auditor"), programme_id=scheme.programme.pk, dataset="ledger",
            purpose="F-16", at=now(),
        )  # fmt: skip
        time.sleep(GAP_SECONDS)
        accepted = sum(one.is_accepted for one in crowd.told)
        crowd.end(BACK_SECONDS)
        cluster.revive()
        built = ExportJob.objects.filter(pk=job.pk, status="BUILT")
        seconds = judge.wait_for(built.exists, BACK_SECONDS)
        found = [] if accepted else ["no request was taken while it was gone"]
        if seconds >= BACK_SECONDS:
            found.append(f"an export asked for meanwhile is not built after {seconds:.0f} s")
        found += stage.settled(crowd)
        yield Verdict(
            f"F-16 Redis gone for {GAP_SECONDS:.0f} s, {number} of {GAPS}, back in {seconds:.0f} s",
            found,
        )


def two_sealers(stage: Stage) -> Iterator[Verdict]:
    """F-17 two sealers at once, and one of them dies."""
    cluster = stage.cluster
    cluster.wanted.add("second_worker")
    cluster.revive()
    try:
        before = AuditLeaf.objects.count()
        crowd = stage.crowd()
        until = time.monotonic() + SEALING_SECONDS
        is_killed = False
        while time.monotonic() < until:
            for _ in range(4):
                current_app.send_task("audit.seal")
            time.sleep(0.1)
            if not is_killed and time.monotonic() > until - SEALING_SECONDS / 2:
                cluster.kill("worker")
                cluster.revive()
                is_killed = True
        found = stage.settled(crowd)
    finally:
        cluster.dismiss("second_worker")
    indexes = list(AuditLeaf.objects.order_by("index").values_list("index", flat=True))
    if indexes != list(range(len(indexes))):
        found.append("leaf indexes have a gap")
    heads = list(TreeHead.objects.values_list("size", flat=True))
    if len(heads) != len(set(heads)):
        found.append("two heads of one size: a fork")
    yield Verdict(
        f"F-17 two sealers, one dies: {len(indexes) - before} leaves, no gap, no fork", found
    )
