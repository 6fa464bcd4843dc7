"""The outside world: files, uploads, artifacts."""
