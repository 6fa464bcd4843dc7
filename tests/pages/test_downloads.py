"""A file is made when the browser asks for it, as whoever is here by then: who may no more gets nothing."""

import pytest
import streamlit as st

from hitl.domain.errors import NotPermitted
from hitl.domain.people import MemberRole
from hitl.domain.session_cookie import NAME
from hitl.loop.memberships import set_role
from hitl.loop.people import deactivate_person
from hitl.loop.sign_in import find_session, sign_out
from tests.accounts import OWNER, add_member, add_owner, now, opened
from tests.pages.test_compare import tested  # noqa: F401  a fixture of that module

BUTTONS = {
    "settings": {"export_labels", "export_predictions", "export_decisions", "export_items", "pack"},
    "audit": {"audit_csv", "audit_jsonl"},
    "compare": {"compare_csv"},
    "you": {"own_data"},
}
"""The downloads that are made when they are asked for, by page."""


@pytest.fixture
def made(monkeypatch):
    """What the buttons of the page drawn last would hand out, by key."""
    made, real = {}, st.download_button

    def note(label, data, **options):
        made[options["key"]] = data
        return real(label, data, **options)

    monkeypatch.setattr(st, "download_button", note)
    return made


@pytest.fixture
def olga(tested, monkeypatch, cheap_passwords):  # noqa: F811
    """An owner of the project is here; the token of the session and her id."""
    add_owner(tested.data_dir)
    token = add_member(tested.data_dir, login="olga", name="Olga", roles={"small": MemberRole.OWNER})
    monkeypatch.setattr("pages._actor.read_cookies", lambda: {NAME: token})
    return token, find_session(tested.tandem, token, now=now()).person_id


def lose_session(tandem, token, _person_id):
    sign_out(tandem, token, now=now())


def close_account(tandem, _token, person_id):
    deactivate_person(tandem, person_id=person_id, actor=OWNER, now=now())


def lose_role(tandem, _token, person_id):
    set_role(tandem, slug="small", person_id=person_id, role=MemberRole.REVIEWER, actor=OWNER, now=now())


def leave_project(tandem, _token, person_id):
    set_role(tandem, slug="small", person_id=person_id, role=None, actor=OWNER, now=now())


def rows_of(house):
    """How often the logs say that something was read."""
    sql = "SELECT count(*) FROM audit_log WHERE act LIKE '%export%' OR act = 'pack_project'"
    return [db.conn.execute(sql).fetchone()[0] for db in (house.db, house.tandem)]


@pytest.mark.parametrize("page", BUTTONS)
def test_whoever_is_here_gets_the_file(open_page, olga, made, page):
    open_page(page)
    assert set(made) == BUTTONS[page]
    assert all(make() for make in made.values())


@pytest.mark.parametrize("lose", [lose_session, close_account, lose_role, leave_project])
@pytest.mark.parametrize("page", BUTTONS)
def test_an_open_page_hands_out_nothing_to_whom_it_was_taken_from(open_page, olga, made, tested, page, lose):  # noqa: F811
    open_page(page)
    with opened(tested.data_dir) as tandem:
        lose(tandem, *olga)
    before = rows_of(tested)
    if page == "you" and lose in {lose_role, leave_project}:
        assert b"olga" in made["own_data"]()  # what is stored about oneself is one's own in any role
        return
    for make in made.values():
        with pytest.raises(NotPermitted):
            make()
    assert rows_of(tested) == before
