"""hitl.api.door.own_path: after signing in a visitor goes to a page of ours, whatever the address says."""

import pytest

from hitl.api.door.own_path import LONGEST_PATH, own_path, with_next
from hitl.domain.web_path import serve_under

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "HTTPS:evil.example",
    "javascript:alert(1)",
    "/x\r\nSet-Cookie: a=b",
    "/x\ty",
    "/\u2028x",
    "evil.example",
    " /review",
    "/" + "x" * LONGEST_PATH,
    "/auth/sign-out",
    "/auth/link/x",
    "/api/v1/review/small",
    "/_stcore/health",
]


@pytest.fixture
def base():
    serve_under("/tandem")
    yield "/tandem"
    serve_under("")


@pytest.mark.parametrize("asked", ELSEWHERE)
def test_what_leads_elsewhere_leads_to_the_front_page(asked):
    assert own_path(asked) == "/"


@pytest.mark.parametrize("asked", ["/", "/review", "/review?project=small&page=2", "/explore?q=https://x.example"])
def test_a_page_of_ours_is_kept(asked):
    assert own_path(asked) == asked


def test_below_a_base_path_only_what_is_below_it_is_ours(base):
    assert own_path("/tandem/review") == "/tandem/review"
    outside = ["/review", "/tandemx", "/other/", "/tandem/../other", "/tandem/%2e%2E/other", "/tandem//../auth/x/"]
    assert {own_path(asked) for asked in outside} == {"/tandem/"}


def test_the_page_to_go_to_survives_the_address():
    assert with_next("/auth/sso", "/review?project=a&b=c") == "/auth/sso?next=/review%3Fproject%3Da%26b%3Dc"
