"""Backup and recovery, drilled: a restore nobody has tried is a hope."""
