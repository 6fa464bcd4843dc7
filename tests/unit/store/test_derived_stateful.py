"""After any sequence of verbs the derived tables equal what the facts say."""

import contextlib
import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hitl.domain import pacing
from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_text
from hitl.domain.errors import HitlError
from hitl.domain.people import LOCAL_OWNER
from hitl.loop import promote as promotion
from hitl.loop.order import order_queue
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.promote import promote, roll_back
from hitl.loop.review import cannot_tell, claim, decide, release, return_skipped, skip, undo
from hitl.loop.route import draw_items, set_policy
from hitl.loop.withdraw import withdraw_import
from hitl.store import routing
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.rebuilding import check
from hitl.store.routing import find_routing, route_next
from hitl.store.versions import champion_id
from tests.bulk_acts import bulk_act, take_back
from tests.small_project import LEAD, OTHER, SmallProject
from tests.unit.store.columns_in_sql import facts_of_columns, facts_of_tables

ITEMS = 12
PEOPLE = st.sampled_from([LOCAL_OWNER, OTHER])
ITEM = st.integers(1, ITEMS)
CLASS = st.integers(1, 2)


class LoopMachine(RuleBasedStateMachine):
    """Two people, a queue, versions that come and go, imports that add, repeat and change records."""

    def __init__(self):
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.small = SmallProject(self.root, rows=ITEMS, labelled=4, audit_rate=0.3)
        self.decided = []
        self.versions = []
        self.acts = []

    def teardown(self):
        self.small.db.conn.close()
        shutil.rmtree(self.root)

    def common(self):
        return {"actor": LOCAL_OWNER, "now": self.small.now()}

    @rule(count=st.integers(1, ITEMS))
    def order(self, count):
        order_queue(self.small.db, self.small.folder, count=count)

    @rule(actor=PEOPLE, count=st.integers(1, 4))
    def claim(self, actor, count):
        claim(self.small.db, actor=actor, count=count, now=self.small.now())

    @rule(actor=PEOPLE, which=st.integers(0, 3), class_id=CLASS, late=st.booleans())
    def answer_a_lease(self, actor, which, class_id, late):
        leases = claim(self.small.db, actor=actor, count=4, now=self.small.now())
        if late:
            release(self.small.db, actor=actor, assignment_ids=[lease.id for lease in leases], now=self.small.now())
        if leases:
            lease = leases[which % len(leases)]
            self._decide(actor, lease.item_id, class_id, assignment_id=lease.id)

    @rule(actor=PEOPLE, item_id=ITEM, class_id=CLASS)
    def correct(self, actor, item_id, class_id):
        self._decide(actor, item_id, class_id, assignment_id=None)

    def _decide(self, actor, item_id, class_id, *, assignment_id):
        request_id = self.small.request()
        with contextlib.suppress(HitlError):
            decide(
                self.small.db,
                actor=actor,
                request_id=request_id,
                item_id=item_id,
                class_id=class_id,
                assignment_id=assignment_id,
                now=self.small.now(),
            )
            self.decided.append((actor, request_id))

    @rule(actor=PEOPLE, item_id=ITEM, verb=st.sampled_from([skip, cannot_tell]))
    def pass_on(self, actor, item_id, verb):
        request_id = self.small.request()
        with contextlib.suppress(HitlError):
            verb(self.small.db, actor=actor, request_id=request_id, item_id=item_id, now=self.small.now())
            self.decided.append((actor, request_id))

    @rule(actor=PEOPLE)
    def bring_back_skipped(self, actor):
        return_skipped(self.small.db, actor=actor, request_id=self.small.request(), now=self.small.now())

    @precondition(lambda self: self.decided)
    @rule(data=st.data())
    def undo(self, data):
        actor, target = data.draw(st.sampled_from(self.decided))
        with contextlib.suppress(HitlError):
            undo(
                self.small.db,
                actor=actor,
                request_id=self.small.request(),
                target_request_id=target,
                now=self.small.now(),
            )

    @rule(actor=st.sampled_from([LOCAL_OWNER, LEAD]), kind=st.sampled_from(BulkKind), data=st.data())
    def bulk(self, actor, kind, data):
        chosen = data.draw(st.sets(ITEM, min_size=1, max_size=6))
        class_id = data.draw(CLASS) if kind is BulkKind.CORRECT else None
        with contextlib.suppress(HitlError):
            act = bulk_act(self.small, kind, item_ids=chosen, actor=actor, class_id=class_id)
            self.acts.append((actor, act.id))

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def undo_bulk(self, data):
        actor, act_id = data.draw(st.sampled_from(self.acts))
        with contextlib.suppress(HitlError):
            take_back(self.small, act_id, actor=actor)

    @rule(seed=st.integers(0, 99), champion=st.booleans())
    def train(self, seed, champion):
        rng = random.Random(seed)
        visible = [row["item_id"] for row in fetch_all(self.small.db, "SELECT item_id FROM item_state")]
        answers = {item: (rng.randint(1, 2), rng.random()) for item in visible}
        self.versions.append(self.small.answer_with(answers, champion=champion))

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def promote(self, data):
        version_id = data.draw(st.sampled_from(self.versions))
        with contextlib.suppress(HitlError):
            promote(self.small.db, version_id=version_id, reason="r", request_id=self.small.request(), **self.common())

    @rule()
    def roll_back(self):
        with contextlib.suppress(HitlError):
            roll_back(self.small.db, reason="", request_id=self.small.request(), **self.common())

    @rule(threshold=st.sampled_from([0.0, 0.4, 0.8, 1.0]), audit_rate=st.sampled_from([0.0, 0.5]))
    def set_policy(self, threshold, audit_rate):
        set_policy(
            self.small.db,
            threshold=threshold,
            audit_rate=audit_rate,
            lease_seconds=60,
            query_strategy="default",
            reason="r",
            **self.common(),
        )

    @rule(retired=st.booleans())
    def retire_a_class(self, retired):
        drafts = [ClassDraft("yes", "yes"), ClassDraft("no", "no", retired=retired)]
        save_classes(self.small.db, classes=drafts, **self.common())

    @rule(count=st.integers(1, 3), seed=st.integers(0, 99), purpose=st.sampled_from(["test", "audit"]))
    def draw(self, count, seed, purpose):
        with contextlib.suppress(HitlError):
            draw_items(
                self.small.db,
                purpose=purpose,
                count=count,
                request_id=self.small.request(),
                rng=random.Random(seed),
                **self.common(),
            )

    @rule(number=ITEM, text=st.sampled_from(["text number 1", "changed"]), label=st.sampled_from(["", "yes", "no"]))
    def import_again(self, number, text, label):
        self.small.add_rows([(f"t{number}", text, label), (f"t{number + 5}", f"text number {number + 5}", "")])

    @rule(which=st.integers(1, 6))
    def withdraw_an_import(self, which):
        with contextlib.suppress(HitlError):
            withdraw_import(
                self.small.db, import_id=which, reason="wrong", request_id=self.small.request(), **self.common()
            )

    @invariant()
    def derived_tables_equal_the_facts(self):
        assert check(self.small.db) == []

    @invariant()
    def columns_in_memory_equal_the_tables(self):
        for version_id in {champion_id(self.small.db), *self.versions[-1:]}:
            assert facts_of_columns(self.small.db, version_id) == facts_of_tables(self.small.db, version_id)

    @invariant()
    def an_open_release_means_accepted_and_unanswered(self):
        wrong = fetch_value(
            self.small.db,
            "SELECT count(*) FROM item_state WHERE (release_id IS NOT NULL) <> "
            "(route = 'auto_accept' AND resolved_class_id IS NULL AND cannot_tell = 0)",
        )
        assert wrong == 0


class CutOffMachine(LoopMachine):
    """The same, where all that routes is cut off after some steps of two items, and gone on with later or never."""

    def __init__(self):
        self.patches = pytest.MonkeyPatch()
        self.patches.setattr(pacing, "FIRST_COUNT", 2)
        self.patches.setattr(pacing, "FEWEST", 2)
        self.patches.setattr(pacing, "MOST", 2)
        self.patches.setattr(routing, "FEW_ITEMS", 0)
        self.patches.setattr(promotion, "route_in_steps", self.route_some)
        self.steps = 1
        super().__init__()

    def teardown(self):
        while route_next(self.small.db, count=5, at=utc_text(self.small.now())):
            pass
        assert find_routing(self.small.db) is None
        assert check(self.small.db) == []
        self.an_open_release_means_accepted_and_unanswered()
        self.no_group_is_drawn_twice_by_one_routing()
        self.patches.undo()
        super().teardown()

    @rule(steps=st.integers(0, 7))
    def go_on(self, steps):
        self.steps = steps
        self.route_some(self.small.db, at=utc_text(self.small.now()))

    def route_some(self, db, *, at, tick=None):
        for _ in range(self.steps):
            route_next(db, count=2, at=at)

    @invariant()
    def no_group_is_drawn_twice_by_one_routing(self):
        twice = "SELECT 1 FROM draws WHERE purpose = 'audit' GROUP BY frame_id, group_id HAVING count(*) > 1"
        assert fetch_value(self.small.db, twice) is None


TestLoop = LoopMachine.TestCase
TestCutOff = CutOffMachine.TestCase
TestCutOff.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLoop.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
