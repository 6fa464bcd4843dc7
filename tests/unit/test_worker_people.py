"""The worker acts for whoever asked, with the role that they have when it comes to it."""

import pytest

from hitl import samples
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.loop.jobs import submit_job
from hitl.loop.memberships import set_role
from hitl.loop.people import deactivate_person
from hitl.store.connection import fetch_value
from hitl.store.jobs import find_job
from hitl.store.memberships import list_slugs_of
from hitl.worker import stages
from hitl.worker.run import work_until_ended
from tests.desk_of_people import DeskOfPeople
from tests.small_project import SmallProject

REFUSED = "Whoever asked for this may not do it any more. Somebody who may can ask for it again."


@pytest.fixture
def project(tmp_path):
    made = SmallProject(tmp_path, rows=40, labelled=40)
    yield made
    made.db.conn.close()


@pytest.fixture
def desk(project, cheap_passwords):
    made = DeskOfPeople(project.data_dir)
    yield made
    made.db.conn.close()


@pytest.fixture
def lead(desk):
    return desk.join("lena", roles={"small": MemberRole.LEAD})


def ask(desk, actor):
    return submit_job(desk.db, slug="small", kind="train", args={}, request_id="r1", actor=actor, now=utc_now()).id


def ended(desk, job_id):
    assert work_until_ended(desk.data_dir, job_id=job_id)
    return find_job(desk.db, job_id)


def let_be(desk, person, role):
    set_role(desk.db, slug="small", person_id=person.id, role=role, actor=desk.owner_actor, now=utc_now())


def test_what_a_job_makes_is_by_whoever_asked(project, desk, lead):
    assert ended(desk, ask(desk, desk.actor(lead.id, "small"))).status == "done"
    assert fetch_value(project.db, "SELECT actor_id FROM versions") == lead.id


@pytest.mark.parametrize("role", [MemberRole.VIEWER, None])
def test_a_role_that_was_taken_away_before_the_job_began_does_nothing(project, desk, lead, role):
    job_id = ask(desk, desk.actor(lead.id, "small"))
    let_be(desk, lead, role)
    job = ended(desk, job_id)
    assert (job.status, job.error) == ("failed", REFUSED)
    assert fetch_value(project.db, "SELECT count(*) FROM snapshots") == 0


def test_a_closed_account_does_nothing(desk, lead):
    job_id = ask(desk, desk.actor(lead.id, "small"))
    deactivate_person(desk.db, person_id=lead.id, actor=desk.owner_actor, now=utc_now())
    assert ended(desk, job_id).error == REFUSED


def test_a_role_that_is_taken_away_meanwhile_ends_the_job_at_its_next_stage(project, desk, lead, monkeypatch):
    original = stages.take_snapshot

    def and_lose_the_role(*args, **options):
        made = original(*args, **options)
        let_be(desk, lead, MemberRole.VIEWER)
        return made

    monkeypatch.setattr(stages, "take_snapshot", and_lose_the_role)
    job = ended(desk, ask(desk, desk.actor(lead.id, "small")))
    assert (job.status, job.stage, job.error) == ("failed", "follow", REFUSED)
    assert fetch_value(project.db, "SELECT count(*) FROM versions") == 0


def test_what_the_local_owner_asked_for_is_done_whoever_has_person_1_by_then(desk):
    desk.join("alma", is_admin=True, roles={"small": MemberRole.OWNER})
    job_id = ask(desk, LOCAL_OWNER)
    deactivate_person(desk.db, person_id=LOCAL_OWNER.id, actor=desk.owner_actor, now=utc_now())
    assert ended(desk, job_id).status == "done"


def test_samples_are_made_for_whoever_asked_and_are_theirs(desk, monkeypatch):
    lena = desk.join("lena", is_admin=True)
    monkeypatch.setattr(samples, "build_samples", lambda *_args, **_more: None)
    job = submit_job(
        desk.db,
        slug="samples",
        kind="samples",
        args={},
        request_id="s",
        actor=desk.actor(lena.id, None),
        now=utc_now(),
    )
    assert ended(desk, job.id).status == "done"
    assert set(list_slugs_of(desk.db, lena.id)) == set(samples.missing_samples(desk.data_dir))
