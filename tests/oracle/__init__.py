"""The hot verbs once more, in plain ORM: slow, and easy to believe.

A differential test lets both tell the same story and compares every row; the bench divides the one
by the other. Nothing outside the tests and the bench may import this.
"""
