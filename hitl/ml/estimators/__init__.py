"""Estimators that learn label classes from items: one file each, listed in `registry`."""
