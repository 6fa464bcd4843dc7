"""The server as a browser meets it: its policy fits the pages, nothing leaves the host, strangers get one page."""

import http.client
import json
import re
import signal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import hitl
from hitl.worker import worker_alive
from tests.browser.kept_ports import take_port
from tests.chromium import find_chromium, launch_args
from tests.server import ROOT, START_COMMANDS, launch, wait_until_healthy
from tests.small_project import SmallProject

FRONT_PAGE = "overview"
PAGES = sorted(path.stem.rstrip("_") for path in (ROOT / "pages").glob("[a-z]*.py"))
STREAM = "/_stcore/stream"
FOREIGN = "desk.example.org"
PROXIED = [{"Forwarded": "for=192.0.2.1"}, {"X-Forwarded-For": "127.0.0.1"}, {"Via": "1.1 proxy"}]
BEHIND_THE_GATE = ["/", "/review", STREAM, "/_stcore/health", "/static/index.html", "/auth/sign-in", "/nowhere"]
NOTE_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
        window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running server with a project that has a champion, shared by the tests that change nothing."""
    folder = tmp_path_factory.mktemp("desk")
    project = SmallProject(folder / "data", rows=24, labelled=6)
    items = [row[0] for row in project.db.execute("SELECT item_id FROM item_state")]
    project.answer_with({item: (1 + item % 2, 0.5 + 0.02 * (item % 25)) for item in items})
    project.db.conn.close()
    server = launch(START_COMMANDS["python"], {}, folder / "data", take_port(), folder, folder / "server.log")
    wait_until_healthy(server)
    yield server
    server.close()


@pytest.fixture
def watched(page):
    """The page, and all that went wrong or outside on it."""
    page.add_init_script(NOTE_VIOLATIONS)
    page.complaints = []
    page.hosts = set()
    page.on("console", lambda message: page.complaints.append(message.text) if is_complaint(message) else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: page.hosts.add(urlsplit(socket.url).netloc))
    return page


def is_complaint(message):
    """Not one: Streamlit's front end asks below a page's own path first, to find out where the app is mounted."""
    asked = urlsplit(message.location["url"]).path
    return message.type == "error" and not re.fullmatch(r"/\w+/_stcore/(health|host-config)", asked)


def open_page(page, server, name):
    page.goto(f"{server.url}/{'' if name == FRONT_PAGE else name}?project=small")
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_under_the_policy_and_asks_no_other_host(watched, desk, name):
    open_page(watched, desk, name)
    expect(watched.get_by_test_id("stException")).to_have_count(0)
    assert watched.evaluate("window.violations") == []
    assert watched.complaints == []
    assert watched.hosts - {""} == {urlsplit(desk.url).netloc}


def test_the_policy_stops_what_is_not_ours(watched, desk):
    """The listener of these tests hears a violation: a script of another host is not even asked for."""
    open_page(watched, desk, PAGES[0])
    watched.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {src: '//other.example/x.js'}))"
    )
    watched.wait_for_function("window.violations.length > 0")
    assert "script-src" in watched.evaluate("window.violations[0]")


@pytest.mark.parametrize("command", START_COMMANDS.values(), ids=START_COMMANDS)
def test_both_commands_serve_the_app_where_the_variables_say_and_stop_in_order(page, start_server, command):
    server = start_server(command=command)
    page.goto(server.url)
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1).first).to_be_visible()
    assert f"Tandem {hitl.__version__} is ready: http://localhost:{server.port}" in server.read_log()
    assert worker_alive(server.data_dir)
    server.stop(signal.SIGTERM)
    assert not worker_alive(server.data_dir)
    assert "Traceback" not in server.read_log()


def ask(server, path, headers, method="GET"):
    """Status, headers and text of an answer, with exactly these headers (a Host among them)."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", errors="replace")
    connection.close()
    return answer.status, answer.headers, text


def test_health_tells_databases_worker_and_version(desk):
    status, headers, text = ask(desk, "/healthz", {})
    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    assert json.loads(text) == {
        "ok": True,
        "state": "serving",
        "version": hitl.__version__,
        "databases": {"tandem": "ok", "small": "ok"},
        "worker": {"alive": True},
    }


def open_stream(server, *, host=None, **headers):
    origin = headers.pop("Origin", server.url)
    address = f"ws://127.0.0.1:{server.port}{STREAM}"
    lines = {**headers, **({"Host": host} if host else {})}
    return connect(address, origin=origin, additional_headers=lines, subprotocols=["streamlit"])


def test_the_websocket_opens_for_our_own_page(desk):
    with open_stream(desk) as stream:
        assert stream.response.status_code == 101


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, *PROXIED], ids=str)
def test_the_websocket_is_refused_to_foreign_pages_and_proxies(desk, headers):
    with pytest.raises(InvalidStatus) as refused, open_stream(desk, **headers):
        pass
    assert refused.value.response.status_code == 403


def test_the_websocket_is_refused_under_a_foreign_name(desk):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    own = {"Host": f"localhost:{desk.port}", "Origin": f"http://localhost:{desk.port}"}
    foreign = {"Host": f"{FOREIGN}:{desk.port}", "Origin": f"http://{FOREIGN}:{desk.port}"}
    assert handshake(desk, {**own, **upgrade, **key}) == 101
    assert handshake(desk, {**foreign, **upgrade, **key}) == 403


def handshake(server, headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("GET", STREAM, skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory):
    """A server told to listen on every address, with a project whose name nobody outside may read."""
    folder = tmp_path_factory.mktemp("open")
    SmallProject(folder / "data").db.conn.close()
    environ = {"TANDEM_HOST": "0.0.0.0"}
    server = launch(START_COMMANDS["python"], environ, folder / "data", take_port(), folder, folder / "server.log")
    wait_until_healthy(server)
    yield server
    server.close()


@pytest.mark.parametrize("path", BEHIND_THE_GATE)
def test_on_every_address_strangers_get_one_page_whatever_they_ask(open_to_all, path):
    status, found, text = ask(open_to_all, path, {"Host": FOREIGN})
    assert status == 403
    assert found["Content-Security-Policy"].startswith("default-src 'none'")
    assert found["X-Frame-Options"] == "DENY"
    assert "To add people" in text
    assert "Small" not in text


@pytest.mark.parametrize("path", BEHIND_THE_GATE)
@pytest.mark.parametrize("headers", PROXIED, ids=str)
def test_before_there_are_accounts_whoever_comes_through_a_proxy_reads_that_it_is_being_set_up(
    open_to_all, path, headers
):
    status, _, text = ask(open_to_all, path, {"Host": "localhost", **headers})
    assert (status, "is being set up" in text, "Small" in text) == (403, True, False)


def test_on_every_address_a_stranger_cannot_decide(open_to_all):
    status, _, text = ask(open_to_all, "/api/v1/review/small", {"Host": FOREIGN}, method="POST")
    assert (status, "To add people" in text) == (403, True)


def test_on_every_address_the_owner_still_works_at_this_machine(page, open_to_all):
    open_page(page, open_to_all, "overview")


def test_a_strangers_browser_reads_what_to_do(open_to_all, browser):
    """Another name for this machine, as a colleague would type it; nothing is loaded besides the page."""
    address = f"http://{FOREIGN}:{open_to_all.port}/"
    stranger = browser.browser_type.launch(
        executable_path=find_chromium(), args=[*launch_args(), f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1"]
    )
    try:
        page = stranger.new_page()
        asked = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Tandem does not answer under this address")
        expect(page.get_by_role("heading", name="To add people")).to_be_visible()
        expect(page.get_by_text(f"ssh -L {open_to_all.port}:localhost:{open_to_all.port}")).to_be_visible()
        assert set(asked) <= {"/", "/favicon.ico"}
    finally:
        stranger.close()
