"""Whether a request was made on this machine and for this machine, and passed on by nobody."""

import ipaddress
import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import Scope

_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")
_PROXY_HEADERS = frozenset({"forwarded", "via", "x-real-ip"})
_PROXY_PREFIX = "x-forwarded-"


def is_loopback_host(hosts: Iterable[str]) -> bool:
    """Whether there is exactly one Host header and it names the loopback interface, with any port or none.

    Examples
    --------
    >>> is_loopback_host(["localhost:8501"]), is_loopback_host(["localhost.example"]), is_loopback_host([])
    (True, False, False)
    """
    values = list(hosts)
    return len(values) == 1 and _LOOPBACK_HOST.fullmatch(values[0].lower()) is not None


def is_loopback_address(address: str) -> bool:
    """Whether a peer's address belongs to this machine alone (127.0.0.0/8, ::1, and their mapped forms).

    Examples
    --------
    >>> is_loopback_address("127.0.0.1"), is_loopback_address("::ffff:127.0.0.1"), is_loopback_address("10.0.0.7")
    (True, True, False)
    """
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    return (mapped or peer).is_loopback


def is_direct_loopback(scope: Scope) -> bool:
    """Whether the peer is this machine itself and no header says that a proxy passed the request on."""
    client = scope.get("client")
    if client is None or not is_loopback_address(client[0]):
        return False
    names = Headers(scope=scope).keys()
    return not any(name in _PROXY_HEADERS or name.startswith(_PROXY_PREFIX) for name in names)


def is_at_this_machine(scope: Scope) -> bool:
    """Whether somebody on this machine asks for this machine, through nobody else."""
    return is_direct_loopback(scope) and is_loopback_host(Headers(scope=scope).getlist("host"))
