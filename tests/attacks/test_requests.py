"""Attacks by the form of a request: too large, too slow, packed, too often, or an address that leads elsewhere."""

import gzip
import json

import anyio
import pytest

from hitl.api import limits
from hitl.api.limits import LARGEST_BODY, LARGEST_REVIEW, LARGEST_UPLOAD
from tests.attacks.conftest import COOKIE, DESK

CLIMBING = [
    "..",
    "../other",
    "..%2fother",
    "%2e%2e%2fother",
    "..%5cother",
    "....//other",
    "small%00",
    "small%2f..%2fother",
    "/etc/passwd",
    "%252e%252e%252f",
    "small;other",
    "SMALL",
    "small.",
    "~root",
]
JSON_BOMBS = {
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "huge number": b'{"want": 1' + b"0" * 5_000 + b"}",
    "no number": b'{"want": NaN}',
    "half a letter": b'{"mark": "\\ud800"}',
    "same key": b'{"want": 1, "want": 48}',
    "no utf-8": b'{"mark": "\xff"}',
    "no json": b"<xml/>",
    "wrong type": b'{"ops": {"0": {}}}',
    "unknown part": b'{"admin": true}',
}


def review(browser, body, **headers):
    return browser.post("/api/v1/review/small", content=body, headers={"content-type": "application/json", **headers})


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/auth/sign-in", LARGEST_BODY),
        ("/api/v1/review/small", LARGEST_REVIEW),
    ],
)
def test_oversized_body(desk, path, size):
    browser = desk.browser("ben")
    assert browser.post(path, content=bytes(size + 1)).status_code == 413

    def without_a_length():
        for _ in range(size // 65_536 + 2):
            yield bytes(65_536)

    assert browser.post(path, content=without_a_length()).status_code in {400, 413}


def test_oversized_upload(desk):
    asked = {"content-length": str(LARGEST_UPLOAD + 1)}
    assert desk.browser("ben").put("/_stcore/upload_file/a/b", content=b"x", headers=asked).status_code == 413
    assert desk.browser().put("/_stcore/upload_file/a/b", content=b"x").status_code == 401


@pytest.mark.parametrize("path", ["/auth/sign-in", "/api/v1/review/small"])
def test_slow_body(desk, path, monkeypatch):
    monkeypatch.setattr(limits, "SLOWEST_SECONDS", 0.05)
    sent = []

    async def ask():
        pieces = [{"type": "http.request", "body": b"login=", "more_body": True}]

        async def receive():
            return pieces.pop() if pieces else await anyio.sleep_forever()

        async def send(message):
            sent.append(message)

        headers = {
            "host": DESK,
            "cookie": f"{COOKIE}={desk.tokens['ben']}",
            "content-type": "application/json" if "api" in path else "application/x-www-form-urlencoded",
        }
        lines = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
        await desk.server({**scope, "headers": lines, "client": ("10.0.0.7", 5), "scheme": "https"}, receive, send)

    anyio.run(ask)
    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [408]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_packed_request_body(desk, encoding):
    bomb = gzip.compress(bytes(10_000_000))
    assert review(desk.browser("ben"), bomb, **{"content-encoding": encoding}).status_code == 415


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json_bomb(desk, name):
    answer = review(desk.browser("ben"), JSON_BOMBS[name])
    assert answer.status_code in {200, 400}
    assert (answer.status_code == 400) == (name != "same key")
    assert "Traceback" not in answer.text


def test_flood_of_one_session(desk, monkeypatch):
    monkeypatch.setattr("hitl.api.session_limits.REQUESTS_A_MINUTE", 5)
    flood = [desk.browser("ben").get("/review").status_code for _ in range(6)]
    assert flood == [200] * 5 + [429]
    assert desk.browser("cem").get("/review").status_code == 200


@pytest.mark.parametrize("name", CLIMBING)
def test_path_traversal_in_a_projects_name(desk, name):
    (desk.data_dir / "secret.db").write_text("secret")
    for who in ("ben", "ann"):
        browser = desk.browser(who)
        for answer in (
            browser.post(f"/api/v1/review/{name}", json={"ops": [], "want": 1}),
            browser.get(f"/api/v1/image/{name}/{'0' * 64}"),
        ):
            assert answer.status_code in {200, 404, 405}
            assert "secret" not in answer.text
            assert "deck" not in answer.text
    assert sorted(path.name for path in (desk.data_dir / "projects").iterdir()) == ["other", "small"]


@pytest.mark.parametrize(
    "name", ["../project.db", "..%2fproject.db", "%2e%2e/%2e%2e/tandem.db", "0" * 63 + "%2f", "x" * 64]
)
def test_path_traversal_in_an_images_name(desk, name):
    for size in ("", "?size=small", "?size=../../tandem.db"):
        answer = desk.browser("ann").get(f"/api/v1/image/small/{name}{size}")
        assert answer.status_code in {200, 404}
        assert b"SQLite" not in answer.content


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "GET"])
def test_a_method_that_a_route_does_not_know(desk, method):
    answer = desk.browser("ben").request(method, "/api/v1/review/small", headers={"x-http-method-override": "POST"})
    assert "deck" not in answer.text
    assert answer.status_code in {200, 404, 405}


def test_errors_tell_nothing_of_the_machine(desk, monkeypatch):
    def fail(*_args, **_options):
        raise RuntimeError(str(desk.data_dir))

    monkeypatch.setattr("hitl.api.review._carry_out", fail)
    answer = review(desk.browser("ben"), json.dumps({"ops": [], "want": 1}).encode())
    assert answer.status_code == 500
    assert "data" not in answer.text


def test_inline_scripts_and_scripts_of_others(desk):
    """What is asked of the policy itself; that no page breaks it is shown in tests/browser/test_hostile.py."""
    policies = [
        desk.browser(who).get(path).headers["content-security-policy"]
        for who, path in [("ben", "/"), (None, "/auth/sign-in")]
    ]
    for policy in policies:
        told = {words[0]: set(words[1:]) for words in (part.split() for part in policy.split(";"))}
        scripts = told.get("script-src", told["default-src"])
        assert not scripts & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"}
        assert told["frame-ancestors"] == {"'none'"}
        assert told["form-action"] == {"'self'"}
        assert not [source for sources in told.values() for source in sources if "//" in source]
