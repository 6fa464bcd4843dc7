"""people: from the first owner to the last erased member, at a terminal."""

import json
from contextlib import closing

import pytest
from sqlite_utils import Database

from hitl.domain.clock import utc_now
from hitl.loop.access_links import use_link
from hitl.loop.sign_in import sign_in
from hitl.store.connection import open_tandem
from tests.desk_of_people import PASSWORD
from tests.small_project import SmallProject


@pytest.fixture
def desk(terminal, cheap_passwords):
    """A terminal beside a project "small" whose first owner is olga."""
    terminal.data.mkdir()
    SmallProject(terminal.data).db.conn.close()
    follow(terminal, terminal.json("people", "first-owner"), login="olga", name="Olga")
    return terminal


def follow(terminal, told, **names):
    """Use a link as the person would whom it was copied to."""
    token = told["link"].rpartition("/")[2]
    with closing(open_tandem(terminal.data).conn) as conn:
        return use_link(Database(conn), token, password=PASSWORD, now=utc_now(), **names).person


def invited(desk, login, *options):
    return follow(desk, desk.json("people", "invite", login, *options))


def lines(desk):
    return {one["login"] or one["name"]: one for one in desk.json("people", "list")["people"]}


def test_the_first_owner_gets_a_link_to_this_address(terminal, monkeypatch):
    assert "/auth/link/" in terminal.done("people", "first-owner").stdout
    link = terminal.json("people", "first-owner")["link"]
    assert link.startswith("http://localhost:8501/auth/link/")
    monkeypatch.setenv("TANDEM_ADDRESS", "https://desk.example/tandem")
    monkeypatch.setenv("TANDEM_BASEPATH", "/tandem")
    assert terminal.json("people", "first-owner")["link"].startswith("https://desk.example/tandem/auth/link/")


def test_before_the_first_owner_nobody_is_listed_and_nobody_invited(terminal):
    assert "people first-owner" in terminal.done("people", "list").stdout
    assert "First give yourself an account" in terminal.refused("people", "invite", "bert")


def test_the_first_owner_comes_in_once(desk):
    assert "people reset" in desk.refused("people", "first-owner")
    assert "small=owner" in desk.done("people", "list").stdout


def test_somebody_is_invited_with_roles_and_joins(desk):
    told = desk.json("people", "invite", "bert", "--name", "Bert M.", "--role", "small=lead")
    assert lines(desk)["bert"]["state"] == "invited"
    follow(desk, told)
    bert = lines(desk)["bert"]
    assert (bert["name"], bert["state"], bert["roles"]) == ("Bert M.", "active", {"small": "lead"})
    assert not bert["is_admin"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--role", "small"), "'small' gives no role"),
        (("--role", "small=boss"), "'boss' is no role"),
        (("--role", "large=lead"), "There is no project 'large'"),
    ],
)
def test_a_role_that_is_none_invites_nobody(desk, options, said):
    assert said in desk.refused("people", "invite", "bert", *options)
    assert "bert" not in lines(desk)


def test_a_role_is_given_and_taken_away(desk):
    invited(desk, "bert")
    desk.done("people", "role", "small", "reviewer", "--person", "bert")
    assert lines(desk)["bert"]["roles"] == {"small": "reviewer"}
    desk.done("people", "role", "small", "none", "--person", "bert")
    assert lines(desk)["bert"]["roles"] == {}
    assert "owns the project 'small'" in desk.refused("people", "role", "small", "viewer", "--person", "olga")
    assert "a person or a group" in desk.refused("people", "role", "small", "viewer")


def test_groups_are_made_filled_renamed_and_removed(desk):
    invited(desk, "bert")
    made = desk.json("people", "groups", "Claims", "--add", "bert", "--add", "olga")["groups"]
    assert [(one["name"], sorted(one["people"])) for one in made] == [("Claims", ["bert", "olga"])]
    desk.done("people", "role", "small", "viewer", "--group", "Claims")
    desk.done("people", "groups", "Claims", "--drop", "olga", "--rename", "Claims desk")
    assert lines(desk)["bert"]["groups"] == ["Claims desk"]
    assert desk.done("people", "groups").stdout.split() == ["Claims", "desk", "bert"]
    assert desk.json("people", "groups", "Claims desk", "--remove")["groups"] == []
    assert "no group of people 'Claims'" in desk.refused("people", "groups", "Claims", "--drop", "bert")
    assert "Nobody signs in as 'nobody'" in desk.refused("people", "groups", "New", "--add", "nobody")
    assert desk.json("people", "groups")["groups"] == []


def test_an_account_is_closed_and_opened_again(desk):
    invited(desk, "bert")
    desk.done("people", "deactivate", "bert")
    assert lines(desk)["bert"]["state"] == "deactivated"
    assert "closed" in desk.refused("people", "reset", "bert")
    desk.done("people", "reactivate", "bert")
    assert lines(desk)["bert"]["state"] == "active"
    assert "Nobody else is an administrator" in desk.refused("people", "deactivate", "olga")


def test_an_administrator_is_made_and_unmade(desk):
    invited(desk, "bert")
    desk.done("people", "admin", "bert")
    assert lines(desk)["bert"]["is_admin"]
    desk.done("people", "admin", "bert", "--off")
    assert not lines(desk)["bert"]["is_admin"]


def test_sessions_are_listed_and_ended(desk):
    invited(desk, "bert")
    with closing(open_tandem(desk.data).conn) as conn:
        sign_in(Database(conn), login="bert", password=PASSWORD, agent="Firefox", now=utc_now())
    assert "Firefox" in desk.done("people", "sessions", "bert").stdout
    assert len(desk.json("people", "sessions", "bert")["sessions"]) == 2
    desk.done("people", "end-sessions", "bert")
    assert "not signed in anywhere" in desk.done("people", "sessions", "bert").stdout


def test_a_person_is_erased_when_the_name_is_typed(desk):
    invited(desk, "bert")
    assert "Nothing was erased" in desk.refused("people", "erase", "bert", "--confirm", "berta")
    assert "Former member 1" in desk.done("people", "erase", "bert", "--confirm", "bert").stdout
    assert lines(desk)["Former member 1"]["state"] == "erased"
    assert "Nobody signs in as 'bert'" in desk.refused("people", "reset", "bert")


def test_a_persons_data_is_written_for_its_owners_eyes(desk):
    out = desk.folder / "bert.json"
    invited(desk, "bert", "--role", "small=reviewer")
    desk.done("people", "data", "bert", "--out", out)
    assert out.stat().st_mode & 0o777 == 0o600
    assert json.loads(out.read_text("utf-8"))["person"]["login"] == "bert"
    assert "left as it is" in desk.refused("people", "data", "bert", "--out", out)


def test_a_project_shows_names_to_its_leads_alone_when_told_so(desk):
    assert "Everybody in small" in desk.done("people", "names", "small").stdout
    assert desk.json("people", "names", "small", "leads")["show_names"] == "leads"
    assert "others see numbers" in desk.done("people", "names", "small").stdout
    assert "'all' is not one of everyone, leads" in desk.refused("people", "names", "small", "all")


def test_a_new_name_is_shown_and_the_sign_in_name_stays(desk):
    desk.done("people", "rename", "olga", "Olga Q.")
    assert lines(desk)["olga"]["name"] == "Olga Q."
