"""hitl.api.door.forms: what a form sends is read within bounds of size and time, and only from our own pages."""

import anyio
import pytest
from starlette.requests import Request

from hitl.api.door import forms
from hitl.api.door.forms import LARGEST_FORM, MOST_FIELDS, TooLarge, TooSlow, read_form
from hitl.domain.errors import BadInput, NotPermitted

FORM = {"host": "localhost", "content-type": "application/x-www-form-urlencoded"}


def read(*chunks, headers=FORM, never_ends=False):
    parts = list(chunks)

    async def receive():
        if not parts:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts) or never_ends}

    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    return anyio.run(read_form, Request({"type": "http", "method": "POST", "headers": lines}, receive))


def test_fields_are_read_and_of_one_sent_twice_the_first_counts():
    assert read(b"login=a%26b&pass", b"word=%C3%A9+x&login=other") == {"login": "a&b", "password": "\u00e9 x"}


def test_a_body_that_is_too_large_is_not_read_to_its_end():
    with pytest.raises(TooLarge):
        read(*[b"a" * 4096] * (LARGEST_FORM // 4096 + 1), never_ends=True)


def test_a_body_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(forms, "SLOWEST_SECONDS", 0.05)
    with pytest.raises(TooSlow):
        read(b"login=a", never_ends=True)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_another_kind_of_body_is_refused(kind):
    with pytest.raises(BadInput):
        read(b"login=a", headers={**FORM, "content-type": kind})


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff", b"&".join(b"a%d=1" % n for n in range(MOST_FIELDS + 1))])
def test_what_is_no_form_is_refused(body):
    with pytest.raises(BadInput):
        read(body)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
    ids=str,
)
def test_a_form_of_another_sites_page_is_refused(headers):
    with pytest.raises(NotPermitted):
        read(b"login=a", headers={**FORM, **headers})
    assert read(b"login=a", headers={**FORM, "origin": "http://localhost", "sec-fetch-site": "same-origin"})
