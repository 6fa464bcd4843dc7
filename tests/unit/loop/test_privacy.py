"""A hidden field is shown to nobody who reviews, and neither found nor guessed; who may read it is written down."""

import pytest

from hitl.domain.covers import Cover
from hitl.domain.errors import BadInput, NotPermitted
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.people import MemberRole, Permission
from hitl.domain.policies import ROLE_PERMISSIONS
from hitl.loop.privacy import cover_fields, find_unfinished_indexing, read_hidden
from hitl.loop.review import claim
from hitl.loop.route import finish_routing
from hitl.store import field_covers
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.field_covers import current_covers
from hitl.store.item_images import kind_of_visible_image
from hitl.store.item_selection import select_item_ids
from hitl.store.search import check_index, matching_item_ids
from hitl.views.explore import read_items
from hitl.views.explore_choices import read_explore_desk
from hitl.views.histogram import list_splits, read_histogram
from hitl.views.item_detail import read_item
from hitl.views.measures import decode_evaluation
from hitl.views.review import read_cards
from tests.image_zip import ImageProject
from tests.sliced_project import SlicedProject
from tests.small_project import LEAD, OTHER


@pytest.fixture
def sliced(tmp_path):
    return SlicedProject(tmp_path)


def cover(project, **covers):
    cover_fields(project.db, covers, actor=project.actor, now=project.now())


def cards(project):
    held = claim(project.db, actor=OTHER, count=3, now=project.now())
    return read_cards(project.db, held, people={})


def test_the_review_says_which_field_is_hidden_and_of_a_masked_one_its_first_character(sliced):
    cover(sliced, region=Cover.HIDDEN, text=Cover.MASKED)
    shown = [{field.name: field.value for field in card.fields} for card in cards(sliced)]
    assert shown == [{"text": "T•••", "region": "hidden"}] * 3


def test_words_of_a_hidden_field_are_not_found_by_anybody(sliced):
    assert select_item_ids(sliced.db, ExploreFilter(text="EU"))
    cover(sliced, region=Cover.HIDDEN)
    assert matching_item_ids(sliced.db, "EU") == []
    assert select_item_ids(sliced.db, ExploreFilter(text="EU")) == []
    assert len(select_item_ids(sliced.db, ExploreFilter(text="number"))) == 12
    sliced.add_rows([("new", "another text", "")])
    assert matching_item_ids(sliced.db, "EU") == []
    assert check_index(sliced.db) == []
    cover(sliced)
    assert len(matching_item_ids(sliced.db, "EU")) == 7
    assert check_index(sliced.db) == []


def test_nobody_filters_splits_or_lists_by_a_hidden_field(sliced):
    by_region = ExploreFilter(slices=(("region", "EU"),))
    assert len(select_item_ids(sliced.db, by_region)) == 6
    cover(sliced, region=Cover.MASKED)
    assert select_item_ids(sliced.db, by_region) == []
    assert read_explore_desk(sliced.db).slices == ()
    assert list(list_splits(sliced.db)) == ["route", "class"]
    assert read_histogram(sliced.db, split="slice.region").split == "route"
    page = read_items(sliced.db, ExploreFilter(), order="oldest", page=1, slice_field="region")
    assert {row.slice_value for row in page.rows} == {""}
    cover(sliced, text=Cover.HIDDEN)
    page = read_items(sliced.db, ExploreFilter(), order="oldest", page=1)
    assert {row.excerpt for row in page.rows} == {"hidden"}


def test_measures_of_a_slice_that_is_hidden_are_left_out():
    unknown = {"accuracy": None, "accepted": None, "risk": None, "chance": None}
    body = {"slices": [{**unknown, "field": "region", "value": "EU"}, {**unknown, "field": "team", "value": "A"}]}
    row = {"body": body, "label_count": 1, "at": "x"}
    found = decode_evaluation(row, source="imported_test", class_names={}, left_out={"region"})
    assert [one.field for one in found.slices] == ["team"]


def test_an_item_shows_what_is_not_hidden_and_who_may_reads_the_rest_which_is_noted_once_a_day(sliced):
    cover(sliced, region=Cover.HIDDEN, text=Cover.MASKED)
    item = read_item(sliced.db, "t0", people={})
    assert [(field.name, field.value) for field in item.fields] == [("text", "T•••"), ("region", "hidden")]
    assert item.covered_names == ("region", "text")
    for _again in range(2):
        found = read_hidden(sliced.db, item_id=item.item_id, actor=LEAD, now=sliced.now())
    assert found == {"text": "Text number 0", "region": "EU"}
    rows = "SELECT actor_id, subject FROM audit_log WHERE act = 'read_hidden'"
    assert fetch_all(sliced.db, rows) == [{"actor_id": LEAD.id, "subject": f"item:{item.item_id}"}]
    sliced.clock = sliced.clock.replace(day=6)
    read_hidden(sliced.db, item_id=item.item_id, actor=LEAD, now=sliced.now())
    read_hidden(sliced.db, item_id=item.item_id, actor=sliced.actor, now=sliced.now())
    assert fetch_value(sliced.db, "SELECT count(*) FROM audit_log WHERE act = 'read_hidden'") == 3
    with pytest.raises(NotPermitted):
        read_hidden(sliced.db, item_id=item.item_id, actor=OTHER, now=sliced.now())


def test_an_image_in_a_hidden_field_is_not_served(tmp_path):
    project = ImageProject(tmp_path, count=2)
    sha256 = fetch_value(project.db, "SELECT sha256 FROM item_images")
    assert kind_of_visible_image(project.db, sha256)
    cover(project, picture=Cover.MASKED)
    assert kind_of_visible_image(project.db, sha256) is None
    shown = read_item(project.db, "b0", people={}).fields
    assert [(field.name, field.value, field.image) for field in shown] == [("picture", "hidden", None)]


def test_whoever_may_export_or_import_may_read_hidden_fields():
    handling = {Permission.EXPORT, Permission.IMPORT, Permission.BULK}
    for role in MemberRole:
        if ROLE_PERMISSIONS[role] & handling:
            assert Permission.SEE_HIDDEN in ROLE_PERMISSIONS[role]
        else:
            assert Permission.SEE_HIDDEN not in ROLE_PERMISSIONS[role]


def test_every_change_is_kept_and_only_fields_of_the_project_are_hidden(sliced):
    cover(sliced, region=Cover.HIDDEN)
    cover(sliced, region=Cover.HIDDEN)
    cover(sliced)
    assert current_covers(sliced.db) == {}
    assert fetch_value(sliced.db, "SELECT count(*) FROM field_covers") == 2
    assert fetch_value(sliced.db, "SELECT count(*) FROM audit_log WHERE act = 'cover_fields'") == 2
    with pytest.raises(BadInput, match="no field 'nothing'"):
        cover(sliced, nothing=Cover.HIDDEN)


def test_a_large_index_is_filled_by_a_job_and_finds_nothing_hidden_meanwhile(sliced, monkeypatch):
    monkeypatch.setattr(field_covers, "AT_ONCE_ITEMS", 0)
    cover(sliced, region=Cover.HIDDEN)
    assert find_unfinished_indexing(sliced.db) == "indexing-1"
    assert matching_item_ids(sliced.db, "EU") == matching_item_ids(sliced.db, "number") == []
    sliced.add_rows([("new", "number of another", "")])
    assert len(matching_item_ids(sliced.db, "number")) == 1
    finish_routing(sliced.db, now=sliced.now())
    assert len(matching_item_ids(sliced.db, "number")) == 13
    assert find_unfinished_indexing(sliced.db) is None
    assert check_index(sliced.db) == []
