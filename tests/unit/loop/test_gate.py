"""The gate for a version trained by itself: not worse, on labels enough to say so."""

import pytest

from hitl.domain.people import SYSTEM
from hitl.loop.evaluate import evaluate_version
from hitl.loop.gate import judge_gate
from hitl.loop.promote import promote
from hitl.store.connection import fetch_all
from tests.small_project import SmallProject


class Trial:
    """Labelled texts, a fifth of them kept for testing; versions are given by how many of these they have wrong."""

    def __init__(self, folder, labels):
        self.project = SmallProject(folder, rows=labels, labelled=labels)
        rows = fetch_all(self.project.db, "SELECT item_id, resolved_class_id AS class_id FROM item_state")
        self.truth = {row["item_id"]: row["class_id"] for row in rows}
        kept = "SELECT item_id FROM item_state JOIN test_groups USING (group_id) ORDER BY 1"
        self.kept = [row["item_id"] for row in fetch_all(self.project.db, kept)]

    def version(self, wrong, *, champion=False):
        answers = {
            item: (3 - class_id if item in self.kept[:wrong] else class_id, 0.9)
            for item, class_id in self.truth.items()
        }
        version_id = self.project.answer_with(answers, champion=champion)
        evaluate_version(self.project.db, version_id=version_id, actor=self.project.actor, now=self.project.now())
        return version_id

    def promote_by_itself(self, version_id):
        project = self.project
        promote(
            project.db,
            version_id=version_id,
            reason="gate",
            request_id=project.request(),
            actor=SYSTEM,
            now=project.now(),
        )


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return Trial(tmp_path_factory.mktemp("many"), 1_000)


def test_an_equal_version_passes_where_labels_are_enough(many):
    many.version(20, champion=True)
    verdict = judge_gate(many.project.db, many.version(20))
    assert verdict.holds
    assert verdict.reason.startswith("+0.0 points on 200 test labels, 95 % range -1.9 to +1.9")


def test_a_better_version_passes_and_a_worse_one_waits(many):
    many.version(20, champion=True)
    assert judge_gate(many.project.db, many.version(5)).holds
    assert not judge_gate(many.project.db, many.version(24)).holds


def test_small_losses_do_not_add_up(tmp_path):
    """Each passes against the one before; against the one that a person chose, the second does not."""
    tested = Trial(tmp_path, 7_500)
    tested.version(0, champion=True)
    first = tested.version(12)
    assert judge_gate(tested.project.db, first).holds
    tested.promote_by_itself(first)
    assert not judge_gate(tested.project.db, tested.version(30)).holds


def test_with_few_test_labels_even_an_equal_version_waits(tmp_path):
    tested = Trial(tmp_path, 250)
    tested.version(5, champion=True)
    assert not judge_gate(tested.project.db, tested.version(5)).holds


def test_without_test_labels_it_waits_and_says_why(tmp_path):
    tested = Trial(tmp_path, 20)
    tested.version(0, champion=True)
    verdict = judge_gate(tested.project.db, tested.version(0))
    assert not verdict.holds
    assert "no test labels" in verdict.reason


def test_without_a_version_in_use_there_is_nothing_to_compare_with(tmp_path):
    tested = Trial(tmp_path, 20)
    assert not judge_gate(tested.project.db, tested.version(0)).holds
