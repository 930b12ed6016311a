"""Faults that are staged one by one: what is done, and what must be so afterwards.

Their order matters: `one_key` moves the clock past the holds that `delivered_twice` ends, and those
of the clocks, which only go forward, come last.
"""

from __future__ import annotations

from tests.fault.scenes import boundaries, clocks, disk, failover, keys, locks, servers, wire

SHORT = (
    keys.one_key,
    keys.delivered_twice,
    keys.killed_before_it_says_so,
    keys.client_leaves,
    keys.race_to_the_fen,
    keys.two_officers,
    locks.deadlock,
    wire.broken_wire,
    servers.two_sealers,
    boundaries.batch_and_sheet,
    boundaries.exports_and_files,
    boundaries.web_and_key,
    boundaries.few_migrations,
)
FULL = (
    boundaries.all_migrations,
    servers.broker_away,
    disk.full_disk,
    failover.another_server,
)
CLOCKS = (clocks.ends_of_time, clocks.wrong_clocks)  # PostgreSQL's only goes forward
