"""django-hordak's `transfer_to` under the protocol of `bench.drive`; `setup` makes its accounts.

Runs in hordak's own environment; nothing of ours is imported.
"""

import os
import random
import resource
import sys
import time

PAIRS = 200
WARM = 40


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    import django

    django.setup()
    from hordak.models import Account
    from moneyed import Money

    if sys.argv[1] == "setup":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for number in range(2 * PAIRS):
            Account.objects.create(name=f"a{number}", type="AS", currencies=["CNY"])
        return
    seconds = float(sys.argv[2])
    accounts = list(Account.objects.order_by("id"))
    pairs = list(zip(accounts[::2], accounts[1::2], strict=True))
    fen = Money("0.01", "CNY")

    def transfer():
        source, target = random.choice(pairs)
        source.transfer_to(target, fen)

    for _ in range(WARM):
        transfer()
    print("ready", flush=True)
    sys.stdin.readline()
    before, until, done = cpu(), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        transfer()
        done += 1
    print(done, cpu() - before, flush=True)


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
