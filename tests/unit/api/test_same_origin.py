"""hitl.api.same_origin: what a POST route refuses before it reads the body."""

import pytest
from starlette.datastructures import Headers

from hitl.api.same_origin import require_same_origin
from hitl.domain.errors import BadInput, NotPermitted

JSON = {"host": "localhost:8501", "content-type": "application/json"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"origin": "http://localhost:8501", "sec-fetch-site": "same-origin"},
        {"content-type": "Application/JSON; charset=utf-8"},
    ],
)
def test_our_own_pages_and_plain_programs_pass(more):
    require_same_origin(Headers({**JSON, **more}))


@pytest.mark.parametrize(
    "more",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:9000"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_another_sites_page_is_refused(more):
    with pytest.raises(NotPermitted, match="another site's page"):
        require_same_origin(Headers({**JSON, **more}))


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_a_form_could_send_is_refused(kind):
    with pytest.raises(BadInput, match="must be application/json"):
        require_same_origin(Headers({**JSON, "content-type": kind}))
