"""Doctor: what is derived is made anew from the facts, by the owner alone."""

import pytest

from hitl.domain.errors import NotPermitted
from hitl.loop.doctor import rebuild
from hitl.store.connection import fetch_all
from tests.small_project import OTHER


def queue(small):
    return fetch_all(small.db, "SELECT * FROM queue ORDER BY group_id")


def test_a_rebuild_restores_what_the_facts_give(small):
    before = queue(small)
    small.db.execute("DELETE FROM queue WHERE group_id > 8")
    rebuild(small.db, actor=small.actor, now=small.now())
    assert queue(small) == before


def test_a_reviewer_may_not_rebuild(small):
    with pytest.raises(NotPermitted):
        rebuild(small.db, actor=OTHER, now=small.now())
