"""Who is here is asked at every run: an ended session, a closed account and a lost role count from the next one."""

import pytest

from hitl.domain.people import MemberRole
from hitl.domain.session_cookie import NAME
from hitl.loop.access_links import invite, use_link
from hitl.loop.memberships import set_role
from hitl.loop.people import deactivate_person
from hitl.loop.sign_in import find_session, sign_out
from tests.accounts import OWNER, PASSWORD, add_member, add_owner, now, opened
from tests.pages.conftest import read_texts

SECRETS = ("Small", "t1", "yes")


@pytest.fixture
def sign_in_as(monkeypatch):
    """A function after which the browser sends that session's cookie."""

    def sign_in_as(token):
        monkeypatch.setattr("pages._actor.read_cookies", lambda: {NAME: token} if token else {})

    return sign_in_as


@pytest.fixture
def member(house, sign_in_as):
    """A reviewer of the project, who is here; the token of the session and the person's id."""
    add_owner(house.data_dir)
    token = add_member(house.data_dir, roles={"small": MemberRole.REVIEWER})
    sign_in_as(token)
    return token, find_session(house.tandem, token, now=now()).person_id


def is_signed_out(app):
    titles = [title.value for title in app.title]
    said = read_texts(app)
    return (
        titles == ["You are signed out"] and not any(secret in said for secret in SECRETS) and not app.sidebar.selectbox
    )


def test_a_member_sees_the_project_and_their_own_name(open_page, member):
    app = open_page("overview")
    assert "Ben" in [link.label for link in app.sidebar.get("page_link")]
    assert app.sidebar.selectbox[0].options == ["Small"]


@pytest.mark.parametrize("page", ["overview", "explore", "review", "train", "versions", "settings", "import_"])
def test_whoever_has_no_session_sees_one_page_and_nothing_else(open_page, house, sign_in_as, page):
    add_owner(house.data_dir)
    sign_in_as(None)
    assert is_signed_out(open_page(page))


def test_a_session_that_was_ended_closes_the_open_page_with_its_next_run(open_page, member, house):
    app = open_page("overview")
    with opened(house.data_dir) as tandem:
        sign_out(tandem, member[0], now=now())
    assert is_signed_out(app.run())


def test_a_closed_account_closes_the_open_page_with_its_next_run(open_page, member, house):
    app = open_page("overview")
    with opened(house.data_dir) as tandem:
        deactivate_person(tandem, person_id=member[1], actor=OWNER, now=now())
    assert is_signed_out(app.run())


def test_what_is_pressed_after_the_session_ended_is_not_done(open_page, house, sign_in_as):
    """A callback runs before the page: its verb has an actor of its own, looked up when it runs."""
    add_owner(house.data_dir)
    token = add_member(house.data_dir, roles={"small": MemberRole.LEAD})
    sign_in_as(token)
    app = open_page("train")
    jobs = house.tandem.table("jobs").count
    with opened(house.data_dir) as tandem:
        sign_out(tandem, token, now=now())
    app.main.button(key="retrain").click().run()
    assert is_signed_out(app)
    assert house.tandem.table("jobs").count == jobs


def test_whoever_lost_the_role_reads_that_there_is_no_project(open_page, member, house):
    app = open_page("explore")
    with opened(house.data_dir) as tandem:
        set_role(tandem, slug="small", person_id=member[1], role=None, actor=OWNER, now=now())
    app.run()
    assert [title.value for title in app.title] == ["You are in no project yet"]
    assert not app.sidebar.selectbox


def test_a_link_to_a_project_one_is_no_member_of_is_a_link_to_none(open_page, house, sign_in_as):
    add_owner(house.data_dir)
    sign_in_as(add_member(house.data_dir))
    said = read_texts(open_page("explore", project="small"))
    assert "no project" in said
    assert not any(secret in said for secret in ("Small", "t1"))


def test_an_administrator_sees_no_project_they_are_no_member_of(open_page, house, sign_in_as):
    add_owner(house.data_dir)
    with opened(house.data_dir) as tandem:
        link = invite(tandem, name="Cem", login="cem", is_admin=True, actor=OWNER, now=now())
        sign_in_as(use_link(tandem, link.token, password=PASSWORD, now=now()).token)
    app = open_page("overview", project="small")
    assert not app.sidebar.selectbox
    assert "Small" not in read_texts(app)


def test_another_person_in_the_same_window_begins_anew(open_page, member, house, sign_in_as):
    app = open_page("explore")
    app.session_state["left_by_ben"] = "words"
    app.run()
    sign_in_as(add_member(house.data_dir, login="cem", name="Cem", roles={"small": MemberRole.VIEWER}))
    app.run()
    assert "left_by_ben" not in app.session_state


def test_the_local_owner_is_asked_to_add_people(open_page, house):
    app = open_page("overview")
    assert {"Local owner", "Add people"} <= {link.label for link in app.sidebar.get("page_link")}
