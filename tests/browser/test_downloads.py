"""A file that the server holds, and an open page that offers one, are shut as soon as the right to it is gone."""

import pytest
from playwright.sync_api import expect

from hitl.domain.people import MemberRole
from hitl.domain.session_cookie import NAME
from hitl.loop.memberships import set_role
from hitl.loop.sign_in import find_session, sign_out
from hitl.store.connection import fetch_value, open_project
from tests.accounts import OWNER, add_member, add_owner, now, opened
from tests.browser.kept_ports import take_port
from tests.server import START_COMMANDS, launch, wait_until_healthy
from tests.small_project import SmallProject


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running server with a project for each test; Ann owns it."""
    folder = tmp_path_factory.mktemp("desk")
    for slug in ("made", "session", "role"):
        SmallProject(folder / "data", slug=slug).db.conn.close()
    add_owner(folder / "data")
    server = launch(START_COMMANDS["python"], {}, folder / "data", take_port(), folder, folder / "server.log")
    wait_until_healthy(server)
    yield server
    server.close()


class Olga:
    """The page of an owner of a project on its exports; her session and her role can be taken away."""

    def __init__(self, page, desk, slug):
        self.data_dir, self.slug, login = desk.data_dir, slug, f"olga-{slug}"
        self.token = add_member(self.data_dir, login=login, roles={slug: MemberRole.OWNER})
        page.context.add_cookies([{"name": NAME, "value": self.token, "url": desk.url}])
        page.goto(f"{desk.url}/settings?project={slug}")
        page.get_by_role("tab", name="Export").click()

    def lose_session(self):
        with opened(self.data_dir) as tandem:
            sign_out(tandem, self.token, now=now())

    def lose_role(self):
        with opened(self.data_dir) as tandem:
            person_id = find_session(tandem, self.token, now=now()).person_id
            set_role(tandem, slug=self.slug, person_id=person_id, role=MemberRole.REVIEWER, actor=OWNER, now=now())

    def count_exports(self):
        """How often the log of the project says that something was exported."""
        db = open_project(self.data_dir, self.slug)
        count = fetch_value(db, "SELECT count(*) FROM audit_log WHERE act = 'export'")
        db.conn.close()
        return count


def exports(page):
    return page.get_by_role("button", name="Download", exact=True)


def fetch(page, url):
    return page.context.request.get(url, max_redirects=0)


def test_a_file_that_was_made_is_served_no_more_once_the_session_is_over(desk, page):
    olga = Olga(page, desk, "made")
    with page.expect_download() as begun:
        exports(page).first.click()
    url = begun.value.url
    assert "/media/" in url
    assert fetch(page, url).status == 200
    olga.lose_session()
    refused = fetch(page, url)
    assert refused.status == 401
    assert "t0" not in refused.text()


@pytest.mark.parametrize("what", ["session", "role"])
def test_an_open_page_makes_no_file_for_whom_it_was_taken_from(desk, page, what):
    olga = Olga(page, desk, what)
    expect(exports(page).first).to_be_enabled()
    {"session": olga.lose_session, "role": olga.lose_role}[what]()
    downloads = []

    def note(download):
        downloads.append(download)

    page.on("download", note)
    exports(page).first.click()
    expect(page.get_by_test_id("stDownloadButtonError")).to_be_visible()
    assert downloads == []
    assert olga.count_exports() == 0
    assert "Traceback" not in page.content()
