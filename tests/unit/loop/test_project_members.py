"""Who is in a project, over its life: made, archived, brought back, taken along, deleted."""

import pytest

from hitl.domain.errors import NotFound, NotPermitted
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER, SYSTEM, MemberRole
from hitl.loop.packs import pack_project, unpack_project
from hitl.loop.project_life import archive_project, bring_back_project, delete_project, duplicate_settings
from hitl.loop.projects import create_project
from hitl.store.folders import ARCHIVED
from hitl.views.project_life import actor_of_archived, list_archived_projects
from tests.desk_of_people import DeskOfPeople
from tests.small_project import SmallProject


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    for slug in ("one", "two"):
        SmallProject(tmp_path, slug=slug).db.conn.close()
    return DeskOfPeople(tmp_path)


@pytest.fixture
def alma(desk):
    return desk.join("alma", is_admin=True)


@pytest.fixture
def bert(desk):
    return desk.join("bert", roles={"one": MemberRole.OWNER})


def make(desk, slug, actor):
    create_project(
        desk.data_dir,
        slug=slug,
        name=slug,
        fields=[Field("text", Role.TEXT)],
        class_names=["a", "b"],
        **who(desk, actor),
    )


def who(desk, actor):
    return {"actor": actor, "now": desk.now}


def role(desk, person, slug):
    return desk.actor(person.id, slug).role


def test_who_makes_a_project_owns_it_and_nobody_else_is_in_it(desk, alma):
    make(desk, "new", desk.actor(alma.id))
    assert (role(desk, alma, "new"), role(desk, desk.owner, "new")) == (MemberRole.OWNER, None)


def test_who_makes_one_like_another_or_unpacks_one_owns_it(desk, alma, tmp_path):
    path = pack_project(desk.data_dir, slug="one", path=tmp_path / "one.tandem", **who(desk, LOCAL_OWNER)).path
    unpack_project(path, data_dir=desk.data_dir, slug="unpacked", **who(desk, desk.actor(alma.id)))
    actor = desk.owner_actor
    actor = desk.actor(actor.id, "one")
    duplicate_settings(desk.data_dir, slug="one", new_slug="like", new_name="Like", **who(desk, actor))
    assert (role(desk, alma, "unpacked"), role(desk, desk.owner, "unpacked")) == (MemberRole.OWNER, None)
    assert role(desk, desk.owner, "like") is MemberRole.OWNER


def test_what_the_system_makes_is_the_first_owners(desk):
    make(desk, "sample", SYSTEM)
    assert role(desk, desk.owner, "sample") is MemberRole.OWNER


def test_a_new_project_of_a_deleted_ones_name_inherits_nobody(desk, alma, bert):
    delete_project(desk.data_dir, slug="one", typed_name="One", **who(desk, desk.actor(bert.id, "one")))
    make(desk, "one", desk.actor(alma.id))
    assert (role(desk, bert, "one"), role(desk, alma, "one")) == (None, MemberRole.OWNER)


def test_an_archived_project_keeps_its_people_and_a_new_one_of_its_name_gets_none(desk, alma, bert):
    archive_project(desk.data_dir, slug="one", **who(desk, desk.actor(bert.id, "one")))
    assert (role(desk, bert, "one"), role(desk, bert, f"{ARCHIVED}one")) == (None, MemberRole.OWNER)
    make(desk, "one", desk.actor(alma.id))
    actor = actor_of_archived(desk.db, desk.actor(bert.id), "one")
    bring_back_project(desk.data_dir, slug="one", new_slug="back", **who(desk, actor))
    assert (role(desk, bert, "back"), role(desk, alma, "back"), role(desk, bert, "one")) == (
        MemberRole.OWNER,
        None,
        None,
    )


def test_an_archived_project_is_listed_and_brought_back_by_its_owners_alone(desk, alma, bert):
    archive_project(desk.data_dir, slug="one", **who(desk, desk.actor(bert.id, "one")))

    def listed(person):
        lines = list_archived_projects(desk.data_dir, tandem=desk.db, actor=desk.actor(person.id, "two"))
        return [line.slug for line in lines]

    assert (listed(bert), listed(desk.owner), listed(alma)) == (["one"], ["one"], [])
    owner_of_two = desk.join("otto", roles={"two": MemberRole.OWNER})
    foreign = desk.actor(owner_of_two.id, "two")
    refused = []
    for slug in ("one", "nowhere"):
        with pytest.raises(NotFound) as error:
            bring_back_project(desk.data_dir, slug=slug, **who(desk, foreign))
        refused.append(str(error.value))
    assert refused[0].replace("one", "nowhere") == refused[1]


def test_a_role_in_one_project_opens_no_verb_on_another(desk):
    otto = desk.join("otto", roles={"two": MemberRole.OWNER})
    foreign = desk.actor(otto.id, "two")
    for slug in ("one", "nowhere"):
        for act in (
            lambda slug: archive_project(desk.data_dir, slug=slug, **who(desk, foreign)),
            lambda slug: delete_project(desk.data_dir, slug=slug, typed_name="One", **who(desk, foreign)),
            lambda slug: pack_project(desk.data_dir, slug=slug, path=desk.data_dir / "x.tandem", **who(desk, foreign)),
        ):
            with pytest.raises(NotFound, match=f"There is no project '{slug}'. Choose one"):
                act(slug)


def test_a_role_that_was_taken_away_meanwhile_deletes_nothing(desk, bert):
    had = desk.actor(bert.id, "one")
    desk.db.execute("UPDATE memberships SET role = 'lead' WHERE person_id = ?", (bert.id,))
    with pytest.raises(NotPermitted):
        delete_project(desk.data_dir, slug="one", typed_name="One", **who(desk, had))
    assert (desk.data_dir / "projects" / "one").exists()


def test_nobody_makes_a_project_without_being_an_administrator(desk, bert):
    with pytest.raises(NotPermitted, match="administrators"):
        make(desk, "new", desk.actor(bert.id, "one"))
