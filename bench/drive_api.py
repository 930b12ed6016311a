"""A client of the API: `python -m bench.drive_api URL PATH NUMBER SECONDS`.

Signs its requests beforehand, so that the signing is not measured; then the protocol of `drive`.
The CPU it tells is none: what is measured is the service.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

WARM = 20
A_SECOND = 700  # more than one connection can send


def main() -> None:
    """Sign, warm up, wait, send."""
    url, path, number, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    import django

    django.setup()
    wire = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    requests = deque(signed(url, path, number, WARM + int(A_SECOND * seconds)))
    for _ in range(WARM):
        send(wire, path, *requests.popleft())
    print("ready", flush=True)
    sys.stdin.readline()
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until and requests:
        send(wire, path, *requests.popleft())
        done += 1
    print(done, 0, flush=True)


def send(wire: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> None:
    """One request; any answer but success ends the measurement."""
    wire.request("POST", path, body=body, headers=headers)
    answer = wire.getresponse()
    said = answer.read()
    if answer.status not in (200, 201):
        raise RuntimeError(f"{answer.status}: {said[:300]!r}")


def signed(url: str, path: str, number: int, count: int) -> list[tuple[bytes, dict[str, str]]]:
    """So many orders, each on another voucher, each with its own key."""
    from django.conf import settings

    from bench.world import ONE, facts
    from companies.users.signatures import sign_request

    known = facts(Path(settings.STATE_DIR))
    made = []
    for serial in range(count):
        order = {
            "voucher": f"B-{1 + (serial * 7 + number * 997) % ONE}", "provider": known["provider"],
            "offer": known["offer_code"], "order_number": "SO", "price_fen": 1000,
        }  # fmt: skip
        body = json.dumps(order).encode()
        headers = sign_request(
            method="POST", url=url + path, body=body, key_id=known["key"],
            headers={
                "content-type": "application/json",
                "idempotency-key": f"api-{os.getpid()}-{number}-{serial}",
            },
            private_key=bytes.fromhex(known["private_key"]), at=datetime.now(UTC),
        )  # fmt: skip
        made.append((body, headers))
    return made


if __name__ == "__main__":
    main()
