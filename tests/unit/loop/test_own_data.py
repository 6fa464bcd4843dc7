"""A person's own data: whole, readable by a program, and nothing of anybody else's."""

import json

import pytest

from hitl.domain.errors import NotFound, NotPermitted
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.loop.own_data import own_data
from hitl.loop.review import decide
from tests.desk_of_people import DeskOfPeople
from tests.small_project import SmallProject


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    projects = {slug: SmallProject(tmp_path, slug=slug) for slug in ("one", "two")}
    made = DeskOfPeople(tmp_path)
    made.projects = projects
    return made


@pytest.fixture
def bert(desk):
    person = desk.join("bert", roles={"one": MemberRole.REVIEWER, "two": MemberRole.REVIEWER})
    for slug, project in desk.projects.items():
        decide(
            project.db,
            actor=desk.actor(person.id, slug),
            request_id=project.request(),
            item_id=6,
            class_id=2,
            comment=f"said in {slug}",
            now=desk.now,
        )
    return person


def data_of(desk, person, actor):
    return own_data(desk.db, person_id=person.id, actor=actor, now=desk.now)


def test_everything_stored_about_a_person_is_in_it(desk, bert):
    found = json.loads(json.dumps(data_of(desk, bert, desk.actor(bert.id))))
    assert (found["person"]["name"], found["person"]["login"]) == ("Bert", "bert")
    assert found["roles"] == {"one": "reviewer", "two": "reviewer"}
    assert [one["how"] for one in found["sessions"]] == ["link"]
    assert [one["kind"] for one in found["links"]] == ["invite"]
    assert [one["act"] for one in found["log"]] == ["use_link", "export_own_data"]
    assert [one["project"] for one in found["projects"]] == ["one", "two"]
    decision = found["projects"][0]["decisions"][0]
    assert (decision["item"], decision["class"], decision["comment"]) == ("t5", "no", "said in one")


def test_nothing_that_opens_an_account_and_no_text_of_an_item_is_in_it(desk, bert):
    text = json.dumps(data_of(desk, bert, desk.actor(bert.id)))
    assert "argon2" not in text
    assert "hash" not in text
    assert "text number" not in text


def test_what_others_said_is_not_in_it(desk, bert):
    found = data_of(desk, desk.owner, desk.owner_actor)
    assert [one["decisions"] for one in found["projects"] if "said in" in json.dumps(one)] == []


def test_an_administrator_hands_out_only_what_they_may_see_themself(desk, bert):
    alma = desk.join("alma", is_admin=True, roles={"two": MemberRole.VIEWER})
    assert [one["project"] for one in data_of(desk, bert, desk.actor(alma.id))["projects"]] == ["two"]
    assert [one["project"] for one in data_of(desk, bert, LOCAL_OWNER)["projects"]] == ["one", "two"]


def test_nobody_else_gets_it(desk, bert):
    with pytest.raises(NotPermitted):
        data_of(desk, desk.owner, desk.actor(bert.id))
    with pytest.raises(NotFound):
        own_data(desk.db, person_id=0, actor=LOCAL_OWNER, now=desk.now)


def test_a_project_that_can_not_be_opened_is_named(desk, bert):
    desk.projects["one"].db.conn.close()
    for path in desk.projects["one"].folder.glob("project.db*"):
        path.write_bytes(b"no database at all, only text that is long enough to be looked at" * 40)
    found = data_of(desk, bert, desk.actor(bert.id))
    assert "not a Tandem database" in found["projects"][0]["problem"]
    assert found["projects"][1]["decisions"]
