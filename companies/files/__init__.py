"""Owns StoredFile: bytes under their digest in STATE_DIR/media, and the scanner's verdict.

Always true: no verdict, no opening; a row's file is there, with its size and digest.
"""
