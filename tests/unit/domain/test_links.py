"""Only http and https are followed; everything else stays text."""

import pytest

from hitl.domain.links import safe_link


@pytest.mark.parametrize("text", ["http://a.example", "https://a.example/x?y=1#z", "HTTPS://A.example:8443/ü"])
def test_a_web_address_is_a_link(text):
    assert safe_link(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ticket 7",
        "//a.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example",
        "https:",
        "https://",
        "https://bank.example@evil.example",
        "https://a.example/<script>",
        'https://a.example/"onclick=',
        "https://a.example/a b",
        "https://a.example/\u202egpj",
        "https://[",
        "https://a.example/" + "x" * 2_000,
    ],
)
def test_anything_else_is_no_link(text):
    assert safe_link(text) is None
