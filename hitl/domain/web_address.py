"""Which addresses of other servers Tandem trusts with secrets: https, or this very machine."""

import ipaddress
from urllib.parse import urlsplit

from hitl.domain.errors import BadInput
from hitl.domain.language import _


def require_safe_address(name: str, address: str) -> str:
    """The address, when it begins with https, or with http on this machine.

    Raises
    ------
    BadInput
        It does neither; ``name`` says whose value it is.

    Examples
    --------
    >>> require_safe_address("TANDEM_SSO_ISSUER", "https://id.example.org")
    'https://id.example.org'
    >>> require_safe_address("TANDEM_SSO_ISSUER", "http://localhost:9400")
    'http://localhost:9400'
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))
    if not host or not is_safe or parts.username is not None:
        sentence = _("{name} must be an address that begins with https://, found '{address}'.")
        raise BadInput(sentence.format(name=name, address=address[:200]))
    return address


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
