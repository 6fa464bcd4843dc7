"""Attacks by what is typed into a filter, a search box or an address: it is compared, never run."""

from contextlib import suppress

import pytest

from hitl.domain.errors import HitlError
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.people import list_people
from hitl.loop.saved_views import save_view
from hitl.loop.sign_in import find_session
from hitl.store.audit_reads import LogFilter, list_rows
from hitl.store.memberships import find_group_named, roles_in
from hitl.store.people import find_account, find_identity
from hitl.store.search import matching_item_ids
from hitl.views.audit import LogChoices, read_desk_log, read_project_log
from hitl.views.explore import read_items
from hitl.views.explore_address import read_address
from hitl.views.explore_choices import read_explore_desk
from tests.accounts import OWNER, now, opened
from tests.small_project import START

SQL = [
    "'; DROP TABLE items; --",
    '"; DROP TABLE items; --',
    "' OR '1'='1",
    "x' UNION SELECT password_hash FROM accounts --",
    "text AND 1=1",
    "NEAR(text number)",
    "text*",
    'text" OR "number',
    "items_fts MATCH 'text'",
    "{text} : x",
    "^text",
    "-text",
    "NOT text",
    "%",
    "_",
    "\0",
    "\ud800",
    "') OR 1=1 --",
    "$.x')) --",
    "?",
    ":search",
    "1e999",
]


def count_rows(db):
    return {name: db[name].count for name in sorted(db.table_names()) if "fts" not in name}


OPTIONS = [
    "q",
    "class",
    "route",
    "reviewed",
    "disagrees",
    "slice",
    "version",
    "from",
    "order",
    "split",
    "near",
    "like",
    "project",
]


def test_sql_in_the_search_box(small_db):
    before = count_rows(small_db)
    for typed in SQL:
        found = matching_item_ids(small_db, typed)
        assert len(found) < 12 or typed.strip('*^-"') == "text"
        page = read_items(small_db, ExploreFilter(text=typed), order="oldest", page=1)
        assert page.total_count == len(found) or not found
    assert count_rows(small_db) == before


@pytest.mark.parametrize("option", OPTIONS)
def test_sql_in_every_filter_of_an_address(small_db, option):
    before, choices = count_rows(small_db), read_explore_desk(small_db).choices
    for typed in SQL:
        state = read_address({option: [typed]}, choices)
        with suppress(HitlError):
            read_items(small_db, state.chosen, order=state.order, page=1, slice_field=state.split)
    assert count_rows(small_db) == before


def test_sql_in_every_condition_of_a_saved_filter(small_db):
    """What an address can't hold, a saved view could be made to hold: it is refused, or fits nothing."""
    before = count_rows(small_db)
    for typed in SQL:
        for told in ({"class_id": typed}, {"version_id": typed}, {"low": typed}, {"order": typed}, {typed: 1}):
            with pytest.raises(HitlError):
                ExploreFilter.from_json(told)
        for told in ({"route": typed}, {"slices": [[typed, typed]]}, {"slices": [["text", typed]]}):
            with suppress(HitlError):
                chosen = ExploreFilter.from_json(told)
                assert read_items(small_db, chosen, order="oldest", page=1).total_count == 0
    assert count_rows(small_db) == before


def test_sql_in_a_saved_views_name(small_db):
    for number, typed in enumerate(SQL):
        with suppress(HitlError, UnicodeEncodeError):
            keep = {"chosen": ExploreFilter(), "order": "oldest", "actor": LOCAL_OWNER, "now": START}
            save_view(small_db, name=typed, request_id=f"v{number}", **keep)
    assert small_db["items"].count == 12


@pytest.mark.parametrize("part", ["subject", "about", "since", "until"])
def test_sql_in_every_filter_of_the_audit_log(desk, part):
    with opened(desk.data_dir) as tandem:
        before = count_rows(tandem)
        for typed in [text for text in SQL if text != "\ud800"]:
            found = list_rows(tandem, LogFilter(**{part: typed}), count=9)
            assert found == [] or part in {"since", "until"}
        assert count_rows(tandem) == before


def test_sql_in_the_search_of_the_audit_page(small_db, desk):
    with opened(desk.data_dir) as tandem:
        before = count_rows(tandem), count_rows(small_db)
        for typed in SQL:
            chosen = LogChoices(subject=typed)
            site = read_desk_log(tandem, chosen, before=None, people={}, actor=OWNER)
            project = read_project_log(small_db, "small", chosen, before=None, people={}, actor=LOCAL_OWNER)
            assert (site.lines, project.lines) == ((), ())
        assert (count_rows(tandem), count_rows(small_db)) == before


def test_sql_in_names_of_people_groups_and_sessions(desk):
    with opened(desk.data_dir) as tandem:
        before = count_rows(tandem)
        for typed in SQL:
            for ask in (
                lambda typed: find_account(tandem, typed),
                lambda typed: find_identity(tandem, issuer=typed, subject=typed),
                lambda typed: find_group_named(tandem, typed),
                lambda typed: find_session(tandem, typed, now=now()),
                lambda typed: roles_in(tandem, slug=typed, person_id=1) or None,
            ):
                with suppress(HitlError, UnicodeEncodeError):
                    assert ask(typed) is None
        assert count_rows(tandem) == before
        assert len(list_people(tandem, actor=OWNER)) >= 3
