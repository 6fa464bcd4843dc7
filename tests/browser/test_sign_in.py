"""The door in a real browser: in without a script of ours, out everywhere, and nothing behind it without a session."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from hitl.domain.people import MemberRole
from hitl.domain.session_cookie import NAME
from hitl.loop.access_links import invite, make_reset_link
from tests.accounts import OWNER, PASSWORD, add_member, add_owner, now, opened
from tests.browser.kept_ports import take_port
from tests.browser.plain_proxy import PlainProxy
from tests.server import START_COMMANDS, free_port, launch, wait_until_healthy
from tests.small_project import SmallProject

CLOSED = [
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/upload_file/a/b",
    "/media/x.png",
    "/component/x/y.js",
    "/healthz",
    "/api/v1/image/small/" + "0" * 64,
]
STREAM = "/_stcore/stream"
SERIOUS = {"serious", "critical"}
SIGN_OUT = re.compile("Sign out")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running server with a project; Ann owns it and has signed in elsewhere, Ben reviews in it.

    Whom a test invites or locks out has a name of its own.
    """
    folder = tmp_path_factory.mktemp("desk")
    SmallProject(folder / "data").db.conn.close()
    add_owner(folder / "data")
    add_member(folder / "data", roles={"small": MemberRole.REVIEWER})
    server = launch(START_COMMANDS["python"], {}, folder / "data", take_port(), folder, folder / "server.log")
    wait_until_healthy(server)
    yield server
    server.close()


def sign_in(page, login="ann", password=PASSWORD):
    page.get_by_label("Sign-in name").fill(login)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def find_faults(page):
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS]


def test_a_person_signs_in_and_is_back_on_the_page_they_asked_for(page, desk):
    page.goto(f"{desk.url}/explore?project=small")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, password="not that one")
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    sign_in(page)
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    assert page.url.endswith("/explore?project=small")
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Ann")).to_be_visible()
    [cookie] = [one for one in page.context.cookies() if one["name"] == NAME]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert NAME not in page.evaluate("document.cookie")


def test_signing_out_in_one_window_closes_the_other_with_its_next_action(page, desk):
    page.goto(f"{desk.url}/review?project=small")
    sign_in(page, "ben")
    other = page.context.new_page()
    other.goto(f"{desk.url}/explore?project=small")
    expect(other.get_by_role("heading", name="Explore")).to_be_visible()
    page.get_by_role("link", name=SIGN_OUT).click()
    page.get_by_role("button", name=SIGN_OUT).click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    other.get_by_test_id("stSidebarNav").get_by_role("link", name="Review").click()
    expect(other.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(other.get_by_test_id("stSidebarNav")).to_have_count(0)
    expect(other.get_by_text("Small")).to_have_count(0)
    other.get_by_role("link", name="Sign in again").click()
    sign_in(other, "ben")
    expect(other.get_by_role("heading", name="Review", exact=True)).to_be_visible()


def ask(server, path, token=None, method="GET"):
    headers = {"Cookie": f"{NAME}={token}"} if token else {}
    request = urllib.request.Request(f"{server.url}{path}", headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_nothing_behind_the_door_answers_without_a_session(desk):
    """Also Streamlit's own routes for uploads, media, components and its health."""
    found = {path: ask(desk, path) for path in CLOSED}
    assert found.pop("/healthz") == 200  # a probe on this machine reads only that all is well
    assert set(found.values()) == {401}
    assert ask(desk, "/_stcore/upload_file/a/b", method="PUT") == 401
    assert ask(desk, "/_stcore/health", token="x" * 43) == 401


def open_stream(server, token):
    headers = {"Cookie": f"{NAME}={token}"} if token else {}
    address = f"ws://127.0.0.1:{server.port}{STREAM}"
    return connect(address, origin=server.url, additional_headers=headers, subprotocols=["streamlit"])


def test_the_websocket_needs_a_session(desk):
    with opened(desk.data_dir) as tandem:
        link = invite(tandem, name="Eva", login="eva", actor=OWNER, now=now())
    for token in (None, "x" * 43, link.token):
        with pytest.raises(InvalidStatus) as refused, open_stream(desk, token):
            pass
        assert refused.value.response.status_code == 403
    with open_stream(desk, add_member(desk.data_dir, login="dee", name="Dee")) as stream:
        assert stream.response.status_code == 101


def test_an_invitation_and_a_new_password_let_a_person_in(page, browser, desk):
    with opened(desk.data_dir) as tandem:
        link = invite(tandem, name="Cem", login="cem", roles={"small": MemberRole.LEAD}, actor=OWNER, now=now())
    page.goto(f"{desk.url}/auth/link/{link.token}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("link", name=SIGN_OUT)).to_be_visible()
    with opened(desk.data_dir) as tandem:
        reset = make_reset_link(tandem, person_id=link.person_id, actor=OWNER, now=now())
    other = browser.new_context().new_page()
    other.goto(f"{desk.url}/auth/link/{reset.token}")
    other.get_by_label("Password", exact=True).fill("nine purple ladders hum")
    other.get_by_label("The same password again").fill("nine purple ladders hum")
    other.get_by_role("button", name="Save and sign in").click()
    expect(other.get_by_role("link", name=SIGN_OUT)).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Explore").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    other.context.close()


def test_the_local_owner_gives_themselves_the_first_account_and_goes_on_to_people(page, server):
    page.goto(server.url)
    page.get_by_role("link", name="Add people").click()
    page.get_by_role("link", name="Give yourself an account").click()
    page.get_by_label("Your name").fill("Ann")
    page.get_by_label("Sign-in name").fill("ann")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    expect(page.get_by_role("link", name=SIGN_OUT)).to_be_visible()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(page.get_by_role("tab", name="Everybody")).to_be_visible()
    assert ask(server, "/_stcore/health") == 401


def test_where_others_can_reach_it_a_first_start_prints_a_link_that_lets_the_owner_in(page, start_server):
    server = start_server(environ={"TANDEM_HOST": "0.0.0.0"})
    [link] = re.findall(r"http://localhost:\d+/auth/link/\S+", server.read_log())
    page.goto(link)
    expect(page.get_by_role("heading", name="Set up this Tandem")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_of_the_door_have_no_serious_fault_of_accessibility(page, desk, scheme, width):
    login = f"fay-{width}-{scheme}"
    with opened(desk.data_dir) as tandem:
        link = invite(tandem, name="Fay", login=login, actor=OWNER, now=now())
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for path in ("/auth/sign-in", f"/auth/link/{link.token}", "/auth/sign-out", "/auth/link/gone", "/auth/sso"):
        page.goto(f"{desk.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert find_faults(page) == []
    page.goto(f"{desk.url}/auth/sign-in")
    sign_in(page, login, password="wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    assert find_faults(page) == []
    assert not [text for text in complaints if "Content Security Policy" in text]


def test_the_door_works_without_javascript(browser, desk):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.url}/auth/sign-in")
    sign_in(page)
    assert [one["name"] for one in context.cookies() if one["name"] == NAME] == [NAME]
    context.close()


def test_behind_a_proxy_and_below_a_path_people_sign_in(page, start_server, tmp_path):
    add_owner(tmp_path / "data")
    server = start_server(environ={"TANDEM_BASEPATH": "/tandem"})
    proxy = PlainProxy(server.port, "/tandem")
    page.goto(f"http://localhost:{proxy.port}/tandem/explore")
    sign_in(page)
    expect(page.get_by_role("link", name=SIGN_OUT)).to_be_visible()
    page.get_by_role("link", name=SIGN_OUT).click()
    assert page.url == f"http://localhost:{proxy.port}/tandem/auth/sign-out"
    [cookie] = [one for one in page.context.cookies() if one["name"] == NAME]
    assert cookie["path"] == "/tandem"
    proxy.close()


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """A real OpenID Connect provider of another make, in a process of its own."""
    port = free_port()
    claims = {"sub": "7", "name": "Dee Doe", "preferred_username": "dee", "groups": ["desk"]}
    command = ["-m", "oidc_provider_mock", "--port", str(port), "--user-claims", json.dumps(claims), "-n", "true"]
    with (tmp_path_factory.mktemp("provider") / "provider.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *command], stdout=log, stderr=log)
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def house(tmp_path_factory, provider):
    """A running server, owned by Ann, that trusts the provider."""
    folder = tmp_path_factory.mktemp("house")
    add_owner(folder / "data")
    environ = {"TANDEM_SSO_ISSUER": provider, "TANDEM_SSO_CLIENT_ID": "tandem", "TANDEM_SSO_CLIENT_SECRET": "s"}
    environ |= {"TANDEM_SSO_NAME": "House account"}
    server = launch(START_COMMANDS["python"], environ, folder / "data", take_port(), folder, folder / "server.log")
    wait_until_healthy(server)
    yield server
    server.close()


def test_single_sign_on_with_a_real_provider(page, house, provider):
    page.goto(f"{house.url}/explore")
    page.get_by_role("link", name="Sign in with House account").click()
    page.wait_for_url(re.compile(re.escape(provider)))
    page.locator("input[name=sub]").fill("7")
    page.get_by_role("button").first.click()
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Dee Doe")).to_be_visible()
    assert page.url.startswith(f"{house.url}/explore")
    with opened(house.data_dir) as tandem:
        [group] = tandem.query("SELECT name FROM people_groups")
    assert group == {"name": "desk"}
    page.get_by_role("link", name=SIGN_OUT).click()
    page.get_by_role("button", name=SIGN_OUT).click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_whoever_says_no_at_the_provider_is_told_what_to_do(page, house):
    page.goto(f"{house.url}/auth/sso")
    page.get_by_role("button", name=re.compile("deny", re.IGNORECASE)).click()
    expect(page.get_by_role("alert")).to_contain_text("did not let you in (access_denied)")
    assert find_faults(page) == []
