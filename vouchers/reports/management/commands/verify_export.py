"""`manage.py verify_export ZIP`: does the package recompute, and does its root lie on our tree?"""

from __future__ import annotations

import csv
import hashlib
import zipfile
import zlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError

from companies.audit.selectors import get_root_at
from vouchers.reports.writers.package import package_faults, read_manifest

# What a damaged zip, manifest or table may raise on its way through zipfile, json and csv.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, csv.Error, KeyError, TypeError, ValueError, OSError,
    RuntimeError, EOFError,
)  # fmt: skip


class Command(BaseCommand):
    """Exit 1 and one line per fault; without a database the root is left open."""

    help = "Recompute digests, rows, sums and the log's root of an export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The package."""
        parser.add_argument("package", type=Path)

    def handle(self, *args: Any, package: Path, **options: Any) -> None:
        """Print what was found."""
        try:
            manifest = read_manifest(package)
            faults = list(package_faults(package))
        except UNREADABLE as error:
            self.stderr.write(f"{package} is no readable export: {error}")
            raise SystemExit(1) from error
        try:
            root = get_root_at(manifest["as_of_leaf"])
        except OperationalError:
            self.stdout.write("no database within reach: the root was not recomputed")
        else:
            if root != manifest["root"]:
                faults.append(f"the root at leaf {manifest['as_of_leaf']} is not our log's")
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise SystemExit(1)
        sha256 = hashlib.sha256(package.read_bytes()).hexdigest()
        self.stdout.write(f"{package.name} recomputes; leaf {manifest['as_of_leaf']}, {sha256}")
