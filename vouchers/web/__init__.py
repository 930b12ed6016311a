"""Owns the pages: one module per area, the shell, the components and their style. No models.

Not: rules, rights, money (the verbs below). Always true: every page works without script, no
page carries inline style or script, and each handler makes one domain call.
"""
