"""Load the demo world: once, in the background of `make run`, with its progress told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from companies.foundation.clock import set_demo_clock
from companies.users.models import User
from config import instance
from config.management.demo import story
from config.management.demo.world import widen_duties


class Command(BaseCommand):
    """Deterministic: the same world on every machine. Does nothing where people exist already."""

    help = "Load the fictitious world of the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        """--cast-only leaves the scheme to whoever drives the instance."""
        parser.add_argument("--cast-only", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the clock, tell the story."""
        if not settings.DEMO:
            raise CommandError("The demo world is loaded into a demo only (DEMO=1).")
        mark = Path(settings.STATE_DIR) / instance.SEEDING
        if User.objects.exists():
            if mark.exists():
                raise CommandError(
                    "The demo world was only half loaded: make a fresh database and start again."
                )
            return
        mark.touch()
        self.tell_story(cast_only=options["cast_only"])
        mark.unlink()

    def tell_story(self, *, cast_only: bool) -> None:
        """The whole world, or its people alone."""
        if cast_only:
            set_demo_clock(story.BEGUN)
            world = story.build_world(story.SEED, story.BEGUN, applicants=8)
            widen_duties(world)
            self.progress(100, 100)
            return
        set_demo_clock(story.NOW)
        with connection.cursor() as cursor:
            # A world half told by a crash is told again, so no act of it need wait for the disk.
            cursor.execute("SET synchronous_commit = off")
        story.tell(self.progress)

    def progress(self, done: int, total: int) -> None:
        """For the bar on every page."""
        path = Path(settings.STATE_DIR) / "seed-progress.json"
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps({"done": done, "total": total}), encoding="ascii")
        temporary.replace(path)
