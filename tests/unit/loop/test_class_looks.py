"""Looks and order of classes, and their history."""

import pytest

from hitl.domain.class_looks import ClassLook
from hitl.domain.errors import BadInput
from hitl.loop.project_life import duplicate_settings
from hitl.loop.projects import ClassDraft, move_class, save_classes
from hitl.loop.review import decide
from hitl.store.connection import fetch_value, open_project
from hitl.store.projects import list_classes
from hitl.views.class_history import read_class_history, read_shown_classes
from hitl.views.labels import read_staleness


def save(small, *drafts):
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())


def looks(small):
    return {one.label_class.key: one.look for one in read_shown_classes(small.db)}


def test_a_chosen_look_is_kept(small):
    save(small, ClassDraft("yes", "yes", look=ClassLook("wine", "y")), ClassDraft("no", "no"))
    assert looks(small) == {"yes": ClassLook("wine", "y"), "no": ClassLook("rose", "1")}


def test_a_draft_without_a_look_leaves_it(small):
    save(small, ClassDraft("yes", "yes", look=ClassLook("wine", "y")), ClassDraft("no", "no"))
    save(small, ClassDraft("yes", "Yes!"), ClassDraft("no", "no"))
    assert looks(small)["yes"] == ClassLook("wine", "y")


def test_a_new_class_comes_with_its_look(small):
    save(small, ClassDraft("yes", "yes"), ClassDraft("no", "no"), ClassDraft(None, "maybe", look=ClassLook(None, "m")))
    assert looks(small)["maybe"] == ClassLook("olive", "m")


def test_two_classes_in_use_never_share_a_key(small):
    save(small, ClassDraft("yes", "yes", look=ClassLook(None, "y")), ClassDraft("no", "no"))
    with pytest.raises(BadInput, match="stands at 'yes' and at 'no'"):
        save(small, ClassDraft("yes", "yes"), ClassDraft("no", "no", look=ClassLook(None, "y")))
    with pytest.raises(BadInput, match="stands at"):
        save(small, ClassDraft("no", "no", look=ClassLook(None, "y")))


def test_a_retired_class_gives_its_key_away_until_it_comes_back(small):
    save(small, ClassDraft("yes", "yes", retired=True, look=ClassLook(None, "y")), ClassDraft("no", "no"))
    save(small, ClassDraft("yes", "yes", retired=True), ClassDraft("no", "no", look=ClassLook(None, "y")))
    with pytest.raises(BadInput, match="stands at"):
        save(small, ClassDraft("yes", "yes"), ClassDraft("no", "no"))


def test_a_new_look_makes_no_model_out_of_date(small):
    before = read_staleness(small.db)
    save(small, ClassDraft("yes", "yes", look=ClassLook("wine", "y")), ClassDraft("no", "no"))
    assert read_staleness(small.db) == before


def test_a_class_moves_and_stays_at_the_ends(small):
    move_class(small.db, key="no", step=-1, actor=small.actor, now=small.now())
    assert [one.key for one in list_classes(small.db)] == ["no", "yes"]
    move_class(small.db, key="no", step=-1, actor=small.actor, now=small.now())
    assert [one.key for one in list_classes(small.db)] == ["no", "yes"]
    with pytest.raises(BadInput, match="no such class"):
        move_class(small.db, key="gone", step=1, actor=small.actor, now=small.now())


def test_nothing_is_lost_by_a_new_name_guideline_and_look(small):
    decide(small.db, actor=small.actor, request_id="d", item_id=8, class_id=1, now=small.now())
    count = "SELECT count(*) FROM item_state WHERE resolved_class_id = 1"
    before = fetch_value(small.db, count)
    save(small, ClassDraft("yes", "Agreed", "when it is so", look=ClassLook("sand", "a")), ClassDraft("no", "no"))
    move_class(small.db, key="yes", step=1, actor=small.actor, now=small.now())
    assert fetch_value(small.db, count) == before == 3


def test_the_history_says_what_was_changed_by_whom(small):
    save(small, ClassDraft("yes", "Agreed", "when <b>so</b>"), ClassDraft("no", "no"))
    save(small, ClassDraft("yes", "Agreed", "when <b>so</b>", retired=True), ClassDraft("no", "no"))
    save(small, ClassDraft("yes", "Agreed", "when <b>so</b>", look=ClassLook("sand", "a")), ClassDraft("no", "no"))
    changes = read_class_history(small.db, 1, people={1: "Owner"})
    told = [(change.what, change.before, change.after, change.actor_name) for change in changes]
    assert told == [
        ("brought back", "", "", "Owner"),
        ("colour changed", "by its place", "sand", "Owner"),
        ("key changed", "by its place", "a", "Owner"),
        ("retired", "", "", "Owner"),
        ("renamed", "yes", "Agreed", "Owner"),
        ("guideline changed", "", "when <b>so</b>", "Owner"),
        ("made", "", "yes", "Owner"),
    ]


def test_a_duplicate_has_the_looks(small):
    save(small, ClassDraft("yes", "yes", look=ClassLook("wine", "y")), ClassDraft("no", "no"))
    who = {"actor": small.actor, "now": small.now()}
    duplicate_settings(small.data_dir, slug="small", new_slug="copy", new_name="Copy", **who)
    db = open_project(small.data_dir, "copy")
    try:
        assert list_classes(db)[0].shortcut == "y"
    finally:
        db.conn.close()
