"""Twelve bugs of the kind that cost money, each made by hand, each seen by a test."""
