"""The review deck and small shared widgets."""
