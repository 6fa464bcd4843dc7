"""hitl.api.headers: on every answer, and the policy fits the installed front end."""

import base64
import hashlib
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from hitl.api.gate import Gate
from hitl.api.headers import FIXED_HEADERS, HTTPS_ALONE, SecurityHeaders, build_policy
from hitl.domain.web_path import serve_under


async def answer_frameable(_request):
    return PlainTextResponse("x", headers={"X-Frame-Options": "ALLOWALL"})


CLIENT = TestClient(
    Starlette(
        routes=[Route("/", answer_frameable)],
        middleware=[Middleware(SecurityHeaders, policy="default-src 'none'"), Middleware(Gate)],
    ),
    base_url="http://localhost",
    client=("127.0.0.1", 50000),
)


def test_an_answer_carries_all_of_them_once():
    headers = CLIENT.get("/").headers
    assert {name: headers.get_list(name) for name in FIXED_HEADERS} == {
        name: [value] for name, value in FIXED_HEADERS.items()
    }
    assert headers["content-security-policy"] == "default-src 'none'"


def test_a_refusal_and_an_unknown_page_carry_them_too():
    refused = CLIENT.get("/", headers={"Host": "evil.example"})
    missing = CLIENT.get("/nothing-here")
    assert (refused.status_code, missing.status_code) == (403, 404)
    assert refused.headers["x-frame-options"] == missing.headers["x-frame-options"] == "DENY"


def test_the_policy_allows_an_inline_script_by_hash_alone():
    digest = base64.b64encode(hashlib.sha256(b"a = 1").digest()).decode()
    policy = build_policy("<script>a = 1</script><script type='module' src='./x.js'></script>")
    assert f"script-src 'self' blob: 'wasm-unsafe-eval' 'sha256-{digest}';" in policy
    assert "'unsafe-eval'" not in policy


def test_the_policy_names_no_foreign_server():
    assert "http" not in build_policy("")


def test_the_installed_front_end_has_one_inline_script():
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    assert build_policy(index.read_text("utf-8")).count("'sha256-") == 1


async def answer(_request):
    return PlainTextResponse("x")


async def answer_kept(_request):
    return PlainTextResponse("x", headers={"Cache-Control": "no-cache"})


def ask(path, **options):
    routes = [Route("/kept", answer_kept), Route("/{path:path}", answer)]
    layers = [Middleware(SecurityHeaders, policy="default-src 'none'", **options)]
    return TestClient(Starlette(routes=routes, middleware=layers), base_url="http://localhost").get(path).headers


@pytest.mark.parametrize("path", ["/", "/review", "/media/abc.csv", "/_stcore/upload_file/a/b", "/api/v1/review/x"])
def test_what_may_be_personal_is_kept_by_no_browser(path):
    assert ask(path)["cache-control"] == "no-store"


def test_an_answer_may_say_itself_how_long_it_is_kept():
    assert ask("/kept")["cache-control"] == "no-cache"


@pytest.mark.parametrize("base", ["", "/tandem"])
def test_our_fonts_and_the_code_of_the_front_end_are_the_same_for_everybody(base):
    serve_under(base)
    try:
        assert "cache-control" not in ask(f"{base}/app/static/logo.svg")
        assert "cache-control" not in ask(f"{base}/static/js/index.js")
        assert ask("/other/static/js/index.js")["cache-control"] == "no-store"
    finally:
        serve_under("")


def test_where_the_address_is_https_browsers_keep_to_it():
    assert "strict-transport-security" not in ask("/")
    assert ask("/", is_secure=True)["strict-transport-security"] == HTTPS_ALONE["strict-transport-security"]
