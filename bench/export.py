"""One package of the ledger, built in a process of its own: `python -m bench.export PATH`.

Prints the rows, this process's CPU seconds, and the most memory it held, in KiB.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def main() -> None:
    """Warm the imports, then build and count."""
    import django

    django.setup()
    from django.conf import settings

    from bench.world import facts
    from vouchers.programmes.models import Programme
    from vouchers.reports.services import write_package

    programme = Programme.objects.get(pk=facts(Path(settings.STATE_DIR))["programme"])
    before = resource.getrusage(resource.RUSAGE_SELF)
    manifest = write_package(programme, "ledger", Path(sys.argv[1]))
    after = resource.getrusage(resource.RUSAGE_SELF)
    rows = next(file["rows"] for file in manifest["files"] if file.get("rows") is not None)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(rows, used, after.ru_maxrss)


if __name__ == "__main__":
    main()
