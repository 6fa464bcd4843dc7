"""Words by which somebody looked for a redacted item go from saved views and acts on many; words of others stay."""

import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.errors import FactGuarded
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.people import SYSTEM
from hitl.loop.bulk import begin_act
from hitl.loop.redact import RedactionOrder, finish_redactions, redact_item
from hitl.loop.saved_views import remove_view, rename_view, save_view
from hitl.store.connection import fetch_all, open_tandem, write_transaction
from hitl.store.redacted_words import words_of
from hitl.store.saved_views import find_view, list_views
from tests.marked import files_with

MARK = "Zyxomarkedword"


@pytest.fixture
def desk(small):
    small.tandem = open_tandem(small.data_dir)
    small.add_rows([("m1", f"{MARK} was late, ticket 47113", ""), ("m2", "was late as well", "")])
    yield small
    small.tandem.conn.close()


def keep(desk, name="a view", **chosen):
    who = {"actor": desk.actor, "now": desk.now()}
    return save_view(desk.db, name=name, chosen=ExploreFilter(**chosen), order="id", request_id=desk.request(), **who)


def redact(desk, **changed):
    order = RedactionOrder(**{"external_id": "m1", "reason": "asked for", **changed})
    who = {"actor": desk.actor, "now": desk.now()}
    redact_item(desk.db, desk.tandem, slug="small", order=order, request_id="r", **who)


def finish(desk):
    finish_redactions(desk.db, desk.tandem, desk.data_dir, slug="small", actor=SYSTEM, now=desk.now())


def filter_of(desk, view_id):
    return find_view(desk.db, view_id)["filter"]


def test_words_that_the_item_alone_had_stand_in_no_file(desk):
    view_id = keep(desk, f"About {MARK}", text=f'late "{MARK}"', reviewed=False)
    who = {"actor": desk.actor, "now": desk.now()}
    rename_view(desk.db, view_id=view_id, name="another", **who)
    remove_view(desk.db, view_id=keep(desk, f"{MARK} 2", text=MARK), **who)
    selection = {"filter": {"text": MARK, "reviewed": False}}
    known = {"kind": BulkKind.CORRECT, "class_id": 1, "item_ids": (5,), "comment": "", "request_id": "a"}
    begin_act(desk.db, **known, selection=selection, **who)
    assert files_with(desk.data_dir, MARK)
    redact(desk)
    finish(desk)
    assert files_with(desk.data_dir, MARK) == []
    assert filter_of(desk, view_id) == {"reviewed": False}
    assert [view["name"] for view in list_views(desk.db)] == ["another"]
    names = fetch_all(desk.db, "SELECT name FROM saved_view_revisions ORDER BY id")
    assert [row["name"] for row in names] == ["redacted-1", "another", "redacted-2", "redacted-2"]
    assert fetch_all(desk.db, "SELECT selection FROM bulk_acts") == [{"selection": '{"filter": {"reviewed": false}}'}]


@pytest.mark.parametrize("text", ["Zyxomark", "zyxoMARKEDword", "47113", f"refund {MARK}"])
def test_a_beginning_a_number_and_any_case_are_known_again(desk, text):
    view_id = keep(desk, text=text)
    redact(desk)
    assert filter_of(desk, view_id) == {}


@pytest.mark.parametrize("text", ["late", "was la", "refund", "12", "m1"])
def test_words_that_others_have_too_or_it_never_had_stay(desk, text):
    view_id = keep(desk, "late ones", text=text)
    redact(desk)
    assert filter_of(desk, view_id) == {"text": text}
    assert find_view(desk.db, view_id)["name"] == "late ones"


def test_an_id_that_goes_is_a_word_that_goes(desk):
    desk.add_rows([("zyx77id", "a text", "")])
    view_id = keep(desk, "about zyx77id", text="zyx77id")
    redact(desk, external_id="zyx77id", keeps_id=False)
    assert (filter_of(desk, view_id), find_view(desk.db, view_id)["name"]) == ({}, f"redacted-{view_id}")


def test_a_slice_by_a_value_that_it_alone_had_goes(desk):
    view_id = keep(desk, slices=(("place", MARK),), reviewed=True)
    other = keep(desk, "another", slices=(("place", "Berlin"),))
    redact(desk)
    assert filter_of(desk, view_id) == {"reviewed": True}
    assert filter_of(desk, other) == {"slices": [["place", "Berlin"]]}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE saved_view_revisions SET filter = '{}' WHERE view_id = 2",
        'UPDATE saved_view_revisions SET filter = \'{"text": "another"}\' WHERE view_id = 1',
        'UPDATE saved_view_revisions SET filter = \'{"route": "novel"}\' WHERE view_id = 1',
        "UPDATE saved_view_revisions SET name = 'another' WHERE view_id = 1",
        "UPDATE bulk_acts SET selection = '{}'",
        "DELETE FROM redacted_words",
    ],
)
def test_while_a_redaction_is_open_only_what_it_names_can_be_emptied(desk, statement):
    keep(desk, text=MARK)
    keep(desk, "other", text="late")
    known = {"kind": BulkKind.CORRECT, "class_id": 1, "item_ids": (5,), "comment": "", "request_id": "a"}
    selection = {"filter": {"text": "late"}}
    begin_act(desk.db, **known, selection=selection, actor=desk.actor, now=desk.now())
    redact(desk)
    with pytest.raises(FactGuarded, match="facts"), write_transaction(desk.db):
        desk.db.execute(statement)


def test_a_word_is_what_a_search_knows_as_one():
    assert words_of(["Ångström's 返金", "a-b_cde 123 1234"]) == {"ångström", "cde", "1234"}


def test_an_act_whose_words_go_keeps_the_version_in_whose_name_it_was_done(desk):
    known = {"kind": BulkKind.CORRECT, "class_id": 1, "item_ids": (5,), "comment": "", "request_id": "a"}
    begin_act(desk.db, **known, selection={"filter": {"text": MARK}}, actor=desk.actor, now=desk.now())
    redact(desk)
    version_id = desk.answer_with({5: (1, 0.9)}, champion=False)
    assert fetch_all(desk.db, "SELECT selection FROM bulk_acts") == [{"selection": '{"filter": {}}'}]
    with pytest.raises(FactGuarded, match="facts"), write_transaction(desk.db):
        desk.db.execute("UPDATE bulk_acts SET version_id = ?", (version_id,))
