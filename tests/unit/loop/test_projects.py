"""A project's columns, classes and guide."""

import pytest

from hitl.domain.errors import BadInput, Conflict
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.projects import ClassDraft, create_project, save_classes, set_guide
from hitl.loop.review import decide
from hitl.store.connection import fetch_all, fetch_value, list_slugs, open_project
from hitl.store.projects import active_classes, list_classes, read_project
from tests.small_project import START

TEXT = (Field("text", Role.TEXT),)


def make(tmp_path, **wrong):
    values = {"slug": "p", "name": "P", "fields": TEXT, "actor": LOCAL_OWNER, "now": START, **wrong}
    create_project(tmp_path, **values)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": " "}, "needs a name"),
        ({"slug": "../p"}, "can't name a project"),
        ({"metric": "auc"}, "no metric"),
        ({"fields": ()}, "learned from"),
        ({"fields": TEXT * 2}, "two roles"),
        ({"fields": (*TEXT, Field("a", Role.LABEL), Field("b", Role.LABEL))}, "Only one column"),
        ({"fields": (*TEXT, Field("sure", Role.CONFIDENCE))}, "none the role prediction"),
        ({"class_names": ["Yes", "yes"]}, "stands twice"),
        ({"class_names": ["Yes", ""]}, "no name"),
    ],
)
def test_what_makes_no_project_is_refused_and_leaves_no_folder(tmp_path, wrong, message):
    with pytest.raises(BadInput, match=message):
        make(tmp_path, **wrong)
    assert list_slugs(tmp_path) == []


def test_a_slug_is_taken_once(tmp_path):
    make(tmp_path)
    with pytest.raises(Conflict, match="exists already"):
        make(tmp_path)


def test_text_projects_decide_once_for_equal_inputs_and_tables_item_by_item(tmp_path):
    make(tmp_path, slug="text")
    make(tmp_path, slug="table", fields=(Field("n", Role.NUMBER),))
    rules = [read_project(open_project(tmp_path, slug)).group_rule for slug in ("text", "table")]
    assert rules == ["inputs", "item"]


def save(small, *drafts):
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())


def test_a_renamed_class_keeps_its_labels(small):
    decide(small.db, actor=small.actor, request_id="d", item_id=8, class_id=1, now=small.now())
    save(small, ClassDraft("yes", "Certainly"), ClassDraft("no", "no"))
    assert [one.name for one in list_classes(small.db)] == ["Certainly", "no"]
    assert fetch_value(small.db, "SELECT resolved_class_id FROM item_state WHERE item_id = 8") == 1


def test_a_new_class_may_take_a_name_that_another_gave_up(small):
    save(small, ClassDraft("yes", "Certainly"), ClassDraft("no", "no"), ClassDraft(None, "yes"))
    assert [(one.key, one.name) for one in list_classes(small.db)] == [
        ("yes", "Certainly"),
        ("no", "no"),
        ("yes 2", "yes"),
    ]


def test_a_retired_class_is_no_answer_any_more(small):
    save(small, ClassDraft("yes", "yes"), ClassDraft("no", "no", retired=True))
    assert [one.name for one in active_classes(small.db)] == ["yes"]


def test_no_answer_is_accepted_in_a_retired_class_until_it_comes_back(small):
    small.answer_with({item: (1 + item % 2, 0.95) for item in range(1, 13)})
    save(small, ClassDraft("yes", "yes"), ClassDraft("no", "no", retired=True))
    assert released_classes(small) == {1}
    save(small, ClassDraft("yes", "yes"), ClassDraft("no", "no"))
    assert released_classes(small) == {1, 2}


def released_classes(small):
    sql = "SELECT class_id FROM releases WHERE id NOT IN (SELECT release_id FROM release_ends)"
    return {row["class_id"] for row in fetch_all(small.db, sql)}


def test_saving_the_same_classes_writes_nothing(small):
    before = fetch_value(small.db, "SELECT count(*) FROM events")
    save(small, ClassDraft("yes", "yes"), ClassDraft("no", "no"))
    assert fetch_value(small.db, "SELECT count(*) FROM events") == before


def test_the_guide_is_revised(small):
    set_guide(small.db, name="Small", guide=" Read twice. ", metric="macro_f1", actor=small.actor, now=small.now())
    project = read_project(small.db)
    assert (project.guide, project.metric) == ("Read twice.", "macro_f1")
