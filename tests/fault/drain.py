"""The end of a stretch of load: what is open gets its answer, what is due is done, unaided."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fault.clients import Crowd
    from tests.fault.cluster import Cluster

DRAIN_SECONDS = 60.0


def settle(cluster: Cluster, crowd: Crowd) -> float:
    """No new keys and no more faults: seconds until nothing was open any more, or the limit."""
    from django.db import connection

    from tests.fault import judge

    crowd.end(DRAIN_SECONDS)
    cluster.wait_until_ready()
    connection.close()  # ours died with the server
    begun = time.monotonic()
    crowd.join(DRAIN_SECONDS + 60)
    judge.wait_for(judge.is_drained, DRAIN_SECONDS - (time.monotonic() - begun))
    return time.monotonic() - begun
