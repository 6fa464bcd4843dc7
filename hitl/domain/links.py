"""Links to source records: which texts may be followed."""

from urllib.parse import urlsplit

LONGEST_LINK = 2_000
_SCHEMES = frozenset({"http", "https"})


def safe_link(text: str) -> str | None:
    """The address that a text is, when a browser may follow it: http or https, and no name or password in it.

    >>> safe_link(" https://desk.example/ticket/7 "), safe_link("javascript:alert(1)"), safe_link("see page 3")
    ('https://desk.example/ticket/7', None, None)
    """
    bare = text.strip()
    if len(bare) > LONGEST_LINK or not bare.isprintable() or any(mark in bare for mark in ' <>"\\'):
        return None
    try:
        parts = urlsplit(bare)
        is_whole = bool(parts.hostname) and parts.username is None and parts.password is None
    except ValueError:
        return None
    return bare if parts.scheme.lower() in _SCHEMES and is_whole else None
