"""The product's settings, with one address more: one that does nothing."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
