"""Under which path this server is found: the root of its host, or a path that a proxy gives to it."""

_BASE = [""]


def serve_under(base: str) -> None:
    """From here on addresses of our own begin with that path, such as ``/tandem``; empty for the host's root."""
    _BASE[:] = [base]


def web_path(path: str) -> str:
    """The address of a path of ours on this host.

    >>> web_path("/api/v1/review/x")
    '/api/v1/review/x'
    """
    return f"{_BASE[0]}{path}"
