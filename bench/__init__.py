"""Benchmarks: how fast Tandem is, measured and bounded; never part of the tests."""
