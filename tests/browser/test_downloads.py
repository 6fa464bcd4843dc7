"""A file that the server holds, and an open page that offers one, are shut as soon as the right to it is gone."""

import pytest
from playwright.sync_api import expect

from hitl.domain.people import MemberRole
from hitl.domain.session_cookie import NAME
from hitl.loop.memberships import set_role
from hitl.loop.sign_in import find_session, sign_out
from hitl.store.connection import fetch_value, open_project
from tests.accounts import OWNER, add_member, add_owner, now, opened
from tests.small_project import SmallProject


@pytest.fixture
def olga(start_server, page, tmp_path):
    """The page of an owner of the project on its exports; what takes her session or her role away."""
    SmallProject(tmp_path / "data").db.conn.close()
    add_owner(tmp_path / "data")
    token = add_member(tmp_path / "data", login="olga", roles={"small": MemberRole.OWNER})
    server = start_server()
    page.context.add_cookies([{"name": NAME, "value": token, "url": server.url}])
    page.goto(f"{server.url}/settings?project=small")
    page.get_by_role("tab", name="Export").click()

    def end_session():
        with opened(tmp_path / "data") as tandem:
            sign_out(tandem, token, now=now())

    def take_role():
        with opened(tmp_path / "data") as tandem:
            person_id = find_session(tandem, token, now=now()).person_id
            set_role(tandem, slug="small", person_id=person_id, role=MemberRole.REVIEWER, actor=OWNER, now=now())

    page.server = server
    return page, end_session, take_role


def exports(page):
    return page.get_by_role("button", name="Download", exact=True)


def fetch(page, url):
    return page.context.request.get(url, max_redirects=0)


def count_exports(server):
    """How often the log of the project says that something was exported."""
    db = open_project(server.data_dir, "small")
    count = fetch_value(db, "SELECT count(*) FROM audit_log WHERE act = 'export'")
    db.conn.close()
    return count


def test_a_file_that_was_made_is_served_no_more_once_the_session_is_over(olga):
    page, end_session, _take_role = olga
    with page.expect_download() as begun:
        exports(page).first.click()
    url = begun.value.url
    assert "/media/" in url
    assert fetch(page, url).status == 200
    end_session()
    refused = fetch(page, url)
    assert refused.status == 401
    assert "t0" not in refused.text()


@pytest.mark.parametrize("what", ["session", "role"])
def test_an_open_page_makes_no_file_for_whom_it_was_taken_from(olga, what):
    page, end_session, take_role = olga
    expect(exports(page).first).to_be_enabled()
    {"session": end_session, "role": take_role}[what]()
    downloads = []

    def note(download):
        downloads.append(download)

    page.on("download", note)
    exports(page).first.click()
    expect(page.get_by_test_id("stDownloadButtonError")).to_be_visible()
    assert downloads == []
    assert count_exports(page.server) == 0
    assert "Traceback" not in page.content()
