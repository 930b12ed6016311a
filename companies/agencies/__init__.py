"""Owns places and public bodies: Region, Agency (the tenant), CalendarDay, Deadline, SearchEntry.

Always true: every deferred duty is a Deadline row; a queue message only says where to look.
"""
