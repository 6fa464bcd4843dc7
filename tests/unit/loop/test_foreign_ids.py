"""An id of another project, of another person or of nobody opens nothing and changes nothing, whatever the verb."""

import importlib
import inspect
import pkgutil
import random

import pytest

import hitl.loop
from hitl.domain.bulk import BulkKind
from hitl.domain.errors import HitlError
from hitl.domain.people import Actor, MemberRole
from hitl.loop.bulk import begin_act, finish_act, finish_undoing, go_on, undo_act
from hitl.loop.review import claim, decide, release, skip, undo
from hitl.loop.sign_in import end_session, list_sessions
from hitl.store.connection import fetch_all, open_tandem
from tests.desk_of_people import START, DeskOfPeople
from tests.small_project import LEAD, OTHER

UNKNOWN = 987_654
IDS = ("item_id", "class_id", "version_id", "import_id", "snapshot_id", "act_id", "view_id", "job_id", "key")
IDS += ("target_request_id",)
USUAL = {"slug": "small", "comment": "", "reason": "because", "name": "another", "guideline": "when", "step": 1}
USUAL |= {"count": 1, "before": 0, "seed": 0, "shown": None, "assignment_id": None, "kind": BulkKind.CORRECT}
USUAL |= {"class_id": 1, "item_ids": (1,), "selection": {}, "expected_count": None, "has_time": lambda: True}
USUAL |= {"tick": lambda *_: None, "rng": random.Random(0)}


def list_pairs():
    """Every verb on a project's database with each id that it is given."""
    for one in pkgutil.iter_modules(hitl.loop.__path__):
        module = importlib.import_module(f"hitl.loop.{one.name}")
        for name, verb in vars(module).items():
            if not inspect.isfunction(verb) or verb.__module__ != module.__name__ or name.startswith("_"):
                continue
            names = set(inspect.signature(verb).parameters)
            if "actor" in names and names & {"db", "tandem"}:
                yield from (pytest.param(verb, id_, id=f"{one.name}.{name}-{id_}") for id_ in IDS if id_ in names)


def content_of(db):
    """Every row of every table."""
    names = [row["name"] for row in fetch_all(db, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: fetch_all(db, f'SELECT * FROM "{name}"') for name in names if "fts" not in name}


@pytest.mark.parametrize(("verb", "id_"), list(list_pairs()))
def test_an_id_that_is_not_this_projects_is_refused_and_changes_nothing(small, verb, id_):
    tandem = open_tandem(small.data_dir)
    given = {"db": small.db, "tandem": tandem, "folder": small.folder, "actor": small.actor, "now": small.now()}
    given |= {"request_id": "r", "item_id": 5} | USUAL | {id_: str(UNKNOWN) if id_ in IDS[-2:] else UNKNOWN}
    wanted = {name: given[name] for name in inspect.signature(verb).parameters if name in given}
    before = content_of(small.db), content_of(tandem)
    with pytest.raises(HitlError):
        verb(**wanted)
    assert (content_of(small.db), content_of(tandem)) == before
    tandem.conn.close()


def test_the_lease_of_somebody_else_is_neither_given_back_nor_used_up(small):
    [lease] = claim(small.db, actor=OTHER, now=small.now())
    release(small.db, actor=LEAD, assignment_ids=[lease.id], now=small.now())
    skip(small.db, actor=LEAD, request_id="s", item_id=lease.item_id, assignment_id=lease.id, now=small.now())
    assert [one.id for one in claim(small.db, actor=OTHER, now=small.now())] == [lease.id]


def test_the_decision_of_somebody_else_is_not_undone(small):
    decide(small.db, actor=OTHER, request_id="mine", item_id=5, class_id=1, now=small.now())
    before = content_of(small.db)
    with pytest.raises(HitlError, match="your own"):
        undo(small.db, actor=LEAD, request_id="u", target_request_id="mine", now=small.now())
    assert content_of(small.db) == before


def test_the_request_of_somebody_else_is_not_answered_as_ones_own(small):
    decide(small.db, actor=OTHER, request_id="mine", item_id=5, class_id=1, now=small.now())
    with pytest.raises(HitlError):
        decide(small.db, actor=LEAD, request_id="mine", item_id=5, class_id=1, now=small.now())


@pytest.mark.parametrize("verb", [undo_act, go_on, finish_act, finish_undoing], ids=lambda verb: verb.__name__)
def test_the_bulk_act_of_somebody_else_is_left_alone(small, verb):
    known = {"kind": BulkKind.CORRECT, "class_id": 1, "item_ids": (5, 6), "selection": {}, "comment": ""}
    act = begin_act(small.db, **known, expected_count=None, request_id="a", actor=LEAD, now=small.now())
    before = content_of(small.db)
    given = {"db": small.db, "act_id": act.id, "before": 0, "count": 9, "request_id": "u", "now": small.now()}
    with pytest.raises(HitlError):
        verb(
            **{name: given[name] for name in inspect.signature(verb).parameters if name in given},
            actor=Actor(id=11, name="Another lead", role=MemberRole.LEAD),
        )
    assert content_of(small.db) == before


def test_the_session_of_somebody_else_is_not_ended_as_ones_own(tmp_path, cheap_passwords):
    desk = DeskOfPeople(tmp_path)
    ben, cleo = desk.join("ben"), desk.join("cleo")
    [session] = list_sessions(desk.db, person_id=cleo.id, actor=desk.actor(cleo.id), now=START)
    for person_id in (ben.id, cleo.id):
        try:
            end_session(desk.db, person_id=person_id, session_id=session.id, actor=desk.actor(ben.id), now=START)
        except HitlError:
            continue
    assert list_sessions(desk.db, person_id=cleo.id, actor=desk.actor(cleo.id), now=START) == [session]
