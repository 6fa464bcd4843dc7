"""Where decisions pay: expected errors by class and slice, counted by hand, and what is said where nothing is known."""

import pytest

from hitl.domain.fields import Field, Role
from hitl.domain.rows import Row
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.loop.review import decide
from hitl.store.connection import open_project
from hitl.views.versions import list_version_summaries
from hitl.views.where_it_pays import describe_place, read_where_it_pays
from tests.small_project import START, SmallProject

YES, NO = 1, 2


@pytest.fixture
def small(tmp_path):
    """Twelve items; the first four came with a label."""
    return SmallProject(tmp_path)


def read(small):
    champion = next((one for one in list_version_summaries(small.db) if one.is_champion), None)
    return read_where_it_pays(small.db, champion)


def test_classes_go_by_the_errors_expected_among_unanswered_items(small):
    sure = dict.fromkeys(range(1, 9), (YES, 0.9)) | dict.fromkeys(range(9, 13), (NO, 0.4))
    small.answer_with(sure)
    view = read(small)
    assert [(one.name, one.group_count) for one in view.classes] == [("no", 4)]  # 4 · .1 of 'yes' rounds to none
    assert view.classes[0].expected_errors == pytest.approx(4 * 0.6)
    assert describe_place(view.classes[0]) == "about 2 of 4 unanswered items may be wrong"
    assert dict(view.classes[0].options) == {"class": "no", "unanswered": "yes"}


def test_what_is_answered_pays_no_more(small):
    small.answer_with(dict.fromkeys(range(1, 13), (NO, 0.4)))
    who = {"actor": small.actor, "now": small.now()}
    decide(small.db, request_id=small.request(), item_id=12, class_id=YES, **who)
    assert read(small).classes[0].group_count == 7


def test_without_a_model_nothing_is_invented(small):
    view = read(small)
    assert (view.classes, view.slices, view.unmeasured) == ((), (), ())
    assert "no learning curve was made" in view.gain


def test_an_answer_of_unknown_confidence_is_counted_apart(small):
    small.answer_with(dict.fromkeys(range(1, 13), (NO, 0.4)))
    small.db.execute("UPDATE predictions SET confidence = NULL, other_accept_score = NULL WHERE item_id = 12")
    small.db.execute("INSERT INTO item_changes(group_id) SELECT group_id FROM item_state WHERE item_id = 12")
    view = read(small)
    assert (view.classes[0].group_count, view.unknown_count) == (7, 1)


def test_slices_go_by_expected_errors_as_well(tmp_path):
    fields = (Field("id", Role.ID), Field("text", Role.TEXT), Field("region", Role.SLICE))
    small = SmallProject(tmp_path, slug="other", rows=0)
    who = {"actor": small.actor, "now": START}
    create_project(
        tmp_path, slug="sliced", name="Sliced", fields=fields, class_names=("yes", "no"), audit_rate=0.0, **who
    )
    small.db = open_project(tmp_path, "sliced")
    rows = [Row(n, {"id": f"s{n}", "text": f"text {n}", "region": "EU" if n < 8 else "US"}) for n in range(2, 12)]
    import_id = stage_rows(small.db, rows=rows, file_name="s.csv", file_sha256="0" * 64, request_id="i", **who)
    publish_import(small.db, import_id=import_id, **who)
    small.answer_with({item: (NO, 0.2 if item > 6 else 0.6) for item in range(1, 11)})
    view = read(small)
    assert [(one.name, one.group_count, one.options[0]) for one in view.slices] == [
        ("region: US", 4, ("slice", "region:US")),
        ("region: EU", 6, ("slice", "region:EU")),
    ]
