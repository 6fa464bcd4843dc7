"""Tandem: people and a model do a job together."""

__version__ = "0.1.0"
