"""Owns Letter: numbered papers, their text, service and reply.

Always true: a burden rests on a served prior notice whose reply period is over or waived.
"""
