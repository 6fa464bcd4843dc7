"""The audit log in sentences, with names, days of the reader and addresses."""

import ast
import re
from datetime import date

import pytest

from hitl.domain.accounts import LinkKind
from hitl.domain.errors import NotPermitted
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole
from hitl.domain.reader import Reader, reading
from hitl.loop.audit import PAGE_ROWS
from hitl.loop.promote import promote
from hitl.loop.review import decide
from hitl.store.connection import open_tandem
from hitl.views.audit import (
    LogChoices,
    as_filter,
    list_actors,
    make_log_file,
    read_desk_log,
    read_project_log,
    read_subject,
)
from hitl.views.audit_words import SENTENCES, TOPICS, acts_of, describe_act
from tests.small_project import LEAD, OTHER, START, SmallProject
from tests.test_architecture import HITL, parse

PEOPLE = {0: "Tandem", 1: "Ann", 7: "Bert"}
APPENDING = {"append", "append_decision", "recorded_on_desk", "record_in_project", "_record"}


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path, rows=6, labelled=0)


def say(small, item_id=1, actor=LOCAL_OWNER):
    decide(small.db, request_id=small.request(), item_id=item_id, class_id=1, actor=actor, now=small.now())


def read(small, before=None, actor=LEAD, **chosen):
    return read_project_log(small.db, "small", LogChoices(**chosen), before=before, people=PEOPLE, actor=actor)


def list_appended():
    """The acts that the code writes, as far as they stand there as words."""
    calls = [node for path in HITL for node in ast.walk(parse(path)) if isinstance(node, ast.Call)]
    named = [call for call in calls if ast.unparse(call.func).rpartition(".")[2] in APPENDING]
    given = [arg for call in named for arg in call.args[2:]]
    words = {str(one.value) for arg in given for one in ast.walk(arg) if isinstance(one, ast.Constant)}
    return {word for word in words if re.fullmatch("[a-z]+(_[a-z]+)*", word)} | {
        f"make_{kind}_link" for kind in LinkKind
    }


def test_every_act_that_the_code_writes_has_a_sentence():
    assert len(list_appended()) > 50
    assert list_appended() - set(SENTENCES) == set()


def test_every_topic_is_about_acts_that_there_are():
    acts = [act for topic in TOPICS for act in acts_of(topic)]
    assert len(acts) == len(set(acts))
    assert set(acts) <= set(SENTENCES)


def test_an_act_without_words_is_told_by_its_code():
    assert describe_act("new_act", who="Ann", subject="item 3") == "Ann: new_act item 3"


def test_rows_are_sentences_with_names_and_addresses_newest_first(small):
    version_id = small.answer_with(dict.fromkeys(range(1, 7), (1, 0.5)), champion=False)
    promote(small.db, version_id=version_id, reason="x", request_id="p", actor=LOCAL_OWNER, now=small.now())
    say(small, 2, OTHER)
    lines = read(small).lines
    assert lines[0].sentence == "Bert decided item t1"
    assert lines[0].link == "explore?project=small&item=t1"
    [promoted] = [one for one in lines if "promoted" in one.sentence]
    assert promoted.sentence == "Ann promoted Version"
    assert promoted.link == f"versions?project=small&version={version_id}"
    assert [one.id for one in lines] == sorted((one.id for one in lines), reverse=True)


def test_somebody_who_is_not_known_here_is_told_by_their_number(small):
    say(small, 2, Actor(987, "x", MemberRole.REVIEWER))
    assert read(small).lines[0].sentence == "Person 987 decided item t1"


def test_rows_are_chosen_by_person_topic_and_subject(small):
    say(small, 1)
    say(small, 2, OTHER)
    assert [one.sentence for one in read(small, actor_id=7).lines] == ["Bert decided item t1"]
    assert [one.sentence for one in read(small, subject="item 1").lines] == ["Ann decided item t0"]
    assert len(read(small, topic="decisions").lines) == 2
    assert read(small, subject="nonsense").lines == ()
    assert list_actors(small.db, PEOPLE) == {1: "Ann", 7: "Bert", 0: "Tandem"}


def test_days_are_the_readers_and_both_belong(small):
    with reading(Reader(zone="Asia/Kolkata")):
        chosen = as_filter(LogChoices(first_day=date(2026, 1, 5), last_day=date(2026, 1, 5)))
    assert (chosen.since, chosen.until) == ("2026-01-04T18:30:00.000000Z", "2026-01-05T18:30:00.000000Z")
    say(small)
    assert read(small, first_day=date(2026, 1, 5), last_day=date(2026, 1, 5), topic="decisions").lines
    assert read(small, first_day=date(2026, 1, 6), topic="decisions").lines == ()


def test_a_page_has_fifty_rows_and_says_where_the_next_begins(tmp_path):
    small = SmallProject(tmp_path, rows=60, labelled=0)
    for item_id in range(1, 60):
        say(small, item_id)
    first = read(small)
    second = read(small, before=first.older_than)
    assert len(first.lines) == PAGE_ROWS
    assert second.lines[0].id == first.lines[-1].id - 1
    assert second.older_than is None


@pytest.mark.parametrize("actor", [OTHER, Actor(9, "Guest", MemberRole.VIEWER), Actor(9, "Nobody", None)])
def test_who_is_no_lead_reads_no_log(small, actor):
    with pytest.raises(NotPermitted):
        read(small, actor=actor)


def test_the_log_of_the_desk_is_for_administrators(small):
    tandem = open_tandem(small.data_dir)
    page = read_desk_log(tandem, LogChoices(), before=None, people=PEOPLE, actor=LOCAL_OWNER)
    assert page.lines[0].sentence == "Ann made the project small"
    with pytest.raises(NotPermitted):
        read_desk_log(tandem, LogChoices(), before=None, people=PEOPLE, actor=LEAD)
    tandem.conn.close()


@pytest.mark.parametrize("slug", ["small", None])
def test_the_file_holds_every_row_and_the_log_notes_it(small, slug):
    say(small)
    made = make_log_file(small.data_dir, slug, LogChoices(), suffix="csv", people=PEOPLE, actor=LOCAL_OWNER, now=START)
    rows = made.decode().splitlines()
    assert rows[0].startswith("id,at,actor_id,actor,via,act,subject,details,hash_before,hash")
    assert ",export_audit," in rows[-1]


@pytest.mark.parametrize(
    ("text", "subject"), [("Item 12", "item:12"), (" version:3 ", "version:3"), ("", ""), ("?", "?")]
)
def test_a_subject_is_read_as_people_write_it(text, subject):
    assert read_subject(text) == subject
