"""Every read a screen or the API needs, as frozen dataclasses."""
