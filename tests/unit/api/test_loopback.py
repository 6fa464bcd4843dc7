"""hitl.api.loopback: what is this machine, and what only says so."""

import pytest

from hitl.api.loopback import is_direct_loopback, is_loopback_address, is_loopback_host


def scope_from(peer, **headers):
    lines = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (peer, 5000) if peer else None, "headers": lines}


def test_two_host_headers_are_one_too_many():
    assert not is_loopback_host(["localhost", "localhost"])


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1:80", "0.0.0.0", "169.254.1.1"])
def test_only_loopback_addresses_are_local(address):
    assert not is_loopback_address(address)


@pytest.mark.parametrize("header", ["forwarded", "x_forwarded_for", "X_Forwarded_Proto", "x_real_ip", "via"])
def test_what_a_proxy_passed_on_is_not_direct(header):
    assert is_direct_loopback(scope_from("127.0.0.1"))
    assert not is_direct_loopback(scope_from("127.0.0.1", **{header: "127.0.0.1"}))


@pytest.mark.parametrize("peer", [None, "10.0.0.7", ""])
def test_a_peer_elsewhere_is_not_direct(peer):
    assert not is_direct_loopback(scope_from(peer))
