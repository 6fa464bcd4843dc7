"""Settings used again, archived and brought back, deleted."""

import pytest

from hitl.domain.errors import BadInput, Conflict, NotFound, NotPermitted
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import request_cancel, submit_job
from hitl.loop.project_life import archive_project, bring_back_project, delete_project, duplicate_settings
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import decide
from hitl.store.connection import fetch_value, list_slugs, open_project, open_tandem, write_transaction
from hitl.store.encoding import EncoderRule, add_encoder_rule, encoder_rule
from hitl.store.folders import list_archived
from hitl.store.jobs import list_latest_jobs
from hitl.store.policies import current_policy
from hitl.store.projects import list_classes, read_project
from tests.small_project import OTHER, START, SmallProject


def ask(small):
    tandem = open_tandem(small.data_dir)
    job = submit_job(
        tandem,
        slug=small.slug,
        kind="train",
        args={},
        request_id=small.request(),
        actor=LOCAL_OWNER,
        now=small.now(),
    )
    return tandem, job


def cancel(tandem, job, small):
    request_cancel(tandem, slug=job.slug, job_id=job.id, actor=LOCAL_OWNER, now=small.now())


def archive(small):
    archive_project(small.data_dir, slug="small", actor=LOCAL_OWNER, now=START)


def delete(small, typed="Small"):
    delete_project(small.data_dir, slug="small", typed_name=typed, actor=LOCAL_OWNER, now=START)


def duplicate(small, slug="new", name="New"):
    duplicate_settings(small.data_dir, slug="small", new_slug=slug, new_name=name, actor=LOCAL_OWNER, now=small.now())


def test_a_duplicate_has_the_settings_and_nothing_else(small):
    drafts = [ClassDraft("no", "Nein", "says no"), ClassDraft("yes", "Ja", "says yes"), ClassDraft(None, "Old")]
    save_classes(small.db, classes=drafts, actor=LOCAL_OWNER, now=small.now())
    drafts[2] = ClassDraft("Old", "Old", retired=True)
    save_classes(small.db, classes=drafts, actor=LOCAL_OWNER, now=small.now())
    duplicate(small)
    new = open_project(small.data_dir, "new")
    before, after = read_project(small.db), read_project(new)
    assert after.name == "New"
    assert (after.fields, after.guide, after.metric, after.group_rule) == (
        before.fields,
        before.guide,
        before.metric,
        before.group_rule,
    )
    told = [(one.key, one.name, one.guideline, one.retired) for one in list_classes(new)]
    assert told == [("no", "Nein", "says no", False), ("yes", "Ja", "says yes", False), ("Old", "Old", "", True)]
    assert current_policy(new).threshold == current_policy(small.db).threshold
    assert fetch_value(new, "SELECT count(*) FROM items") == 0
    new.conn.close()


def test_a_duplicate_reads_texts_by_the_same_encoder(small):
    duplicate(small, slug="usual", name="Usual")
    with write_transaction(small.db):
        add_encoder_rule(small.db, is_on=False, encoder="minilm-l6", actor_id=1, at="2026-01-05T09:00:00.000000Z")
    duplicate(small)
    rules = {}
    for slug in ("usual", "new"):
        db = open_project(small.data_dir, slug)
        rules[slug] = encoder_rule(db)
        db.conn.close()
    assert rules == {"usual": EncoderRule(0, True, None), "new": EncoderRule(1, False, "minilm-l6")}


def test_a_duplicate_needs_a_name_of_its_own(small):
    with pytest.raises(Conflict, match="exists already"):
        duplicate(small, slug="small")
    with pytest.raises(BadInput, match="needs a name"):
        duplicate(small, name=" ")
    assert list_slugs(small.data_dir) == ["small"]


def test_an_archived_project_is_out_of_reach_and_comes_back_as_it_was(small):
    before = list(small.db.conn.iterdump())
    archive(small)
    assert (list_slugs(small.data_dir), list_archived(small.data_dir)) == ([], ["small"])
    with pytest.raises(NotFound):
        open_project(small.data_dir, "small")
    bring_back_project(small.data_dir, slug="small", actor=LOCAL_OWNER, now=START)
    assert (list_slugs(small.data_dir), list_archived(small.data_dir)) == (["small"], [])
    assert list(open_project(small.data_dir, "small").conn.iterdump()) == before


def test_a_decision_under_way_while_a_project_is_archived_is_not_lost(small):
    archive(small)
    answer = decide(small.db, actor=LOCAL_OWNER, request_id="late", item_id=9, class_id=1, now=small.now())
    small.db.conn.close()
    assert answer.outcome == "committed"
    bring_back_project(small.data_dir, slug="small", actor=LOCAL_OWNER, now=START)
    db = open_project(small.data_dir, "small")
    assert fetch_value(db, "SELECT count(*) FROM events WHERE request_id = 'late'") == 1


def test_an_archived_project_comes_back_under_another_name_when_its_own_is_taken(small):
    archive(small)
    SmallProject(small.data_dir, rows=1)
    with pytest.raises(Conflict, match="Choose another short name"):
        bring_back_project(small.data_dir, slug="small", actor=LOCAL_OWNER, now=START)
    with pytest.raises(Conflict, match="An archived project is called 'small' too"):
        archive(small)
    assert bring_back_project(small.data_dir, slug="small", new_slug="old", actor=LOCAL_OWNER, now=START) == "old"
    assert list_slugs(small.data_dir) == ["old", "small"]


def test_bringing_back_what_is_not_archived_is_refused(small):
    with pytest.raises(NotFound, match="no archived project 'small'"):
        bring_back_project(small.data_dir, slug="small", actor=LOCAL_OWNER, now=START)


@pytest.mark.parametrize("act", [archive, delete])
def test_a_project_in_which_a_job_is_under_way_stays(small, act):
    tandem, job = ask(small)
    with pytest.raises(Conflict, match=f"Job {job.id}"):
        act(small)
    assert list_slugs(small.data_dir) == ["small"]
    cancel(tandem, job, small)
    act(small)
    assert list_slugs(small.data_dir) == []
    tandem.conn.close()


@pytest.mark.parametrize("typed", ["", "small", "Smal", "SMALL"])
def test_deleting_needs_the_name(small, typed):
    with pytest.raises(BadInput, match="type its name exactly: Small"):
        delete(small, typed)
    assert list_slugs(small.data_dir) == ["small"]


def test_a_deleted_project_leaves_nothing(small):
    delete(small)
    assert list((small.data_dir / "projects").iterdir()) == []


def test_a_new_project_of_the_same_short_name_sees_no_job_of_the_deleted_one(small):
    tandem, job = ask(small)
    cancel(tandem, job, small)
    delete(small)
    SmallProject(small.data_dir)
    assert list_latest_jobs(tandem, slug="small", count=9) == []
    assert ask(small)[1].status == "queued"
    tandem.conn.close()


def test_the_jobs_of_an_archived_project_come_back_with_it(small):
    tandem, job = ask(small)
    cancel(tandem, job, small)
    archive(small)
    assert list_latest_jobs(tandem, slug="small", count=9) == []
    bring_back_project(small.data_dir, slug="small", actor=LOCAL_OWNER, now=START)
    assert [one.id for one in list_latest_jobs(tandem, slug="small", count=9)] == [job.id]
    tandem.conn.close()


def test_a_project_that_can_not_be_opened_is_deleted_by_its_short_name(small):
    small.db.conn.close()
    (small.folder / "project.db").write_text("no database at all, but long enough to be looked at" * 20)
    delete(small, "small")
    assert list_slugs(small.data_dir) == []


def test_who_may_not_manage_is_refused(small):
    for act in (archive_project, bring_back_project):
        with pytest.raises(NotPermitted):
            act(small.data_dir, slug="small", actor=OTHER, now=START)
    with pytest.raises(NotPermitted):
        delete_project(small.data_dir, slug="small", typed_name="Small", actor=OTHER, now=START)
    with pytest.raises(NotPermitted):
        duplicate_settings(small.data_dir, slug="small", new_slug="x", new_name="X", actor=OTHER, now=small.now())
    assert list_slugs(small.data_dir) == ["small"]
