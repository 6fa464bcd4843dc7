"""Sentence encoders: one file each, listed in `registry`."""
