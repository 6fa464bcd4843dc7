"""What the newest version would change, before anybody promotes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.language import _, ngettext
from hitl.ml.paired import Difference, paired_difference, sign_test
from hitl.store.item_counts import count_changed_predictions, count_flips
from hitl.store.projects import list_classes
from hitl.views.formatting import number
from hitl.views.measures import Evaluation, Rate, pick_evaluation
from hitl.views.second_look import count_sent_back
from hitl.views.versions import VersionSummary, find_challenger, list_version_summaries, read_evaluations
from hitl.views.wording import SOURCE_NAMES, percent

RELATIVE = "cross_validation"
MAY_BE_CHANCE = 0.05


@dataclass(frozen=True)
class Receipt:
    """What a challenger changes against the champion.

    Attributes
    ----------
    source_name : str
        What both were measured on; empty where no source measured both on the same labels.
    challenger_accuracy, champion_accuracy : Rate or None
        On that source.
    challenger_relative, champion_relative : Rate or None
        By cross-validation, each on its own labels: a hint, not a comparison.
    item_count, changed_count : int
        Items that both answered, and those they answer differently.
    test_label_count, fixed_count, newly_wrong_count : int
        Labelled test items, and how the challenger's answers differ from the champion's on them.
    sent_back_count : int
        Labels that the challenger's training sent back for a second look.
    """

    version: VersionSummary
    champion: VersionSummary
    source_name: str
    challenger_accuracy: Rate | None
    champion_accuracy: Rate | None
    challenger_relative: Rate | None
    champion_relative: Rate | None
    item_count: int
    changed_count: int
    test_label_count: int
    fixed_count: int
    newly_wrong_count: int
    sent_back_count: int

    @property
    def chance(self) -> float | None:
        """How often a difference as lopsided as this would come about if neither version were better, in (0, 1].

        The exact two-sided sign test on the items where one is right and the other wrong (McNemar 1947, exact form);
        None where there are no such items.
        """
        return sign_test(self.fixed_count, self.newly_wrong_count)

    @property
    def difference(self) -> Difference | None:
        """How much more often the challenger is right on these labels, with its interval; None without any."""
        return paired_difference(self.fixed_count, self.newly_wrong_count, self.test_label_count)

    @property
    def suggested_reason(self) -> str:
        """A reason for promoting the challenger, as a start for the person who decides."""
        if self.challenger_accuracy and self.champion_accuracy:
            return ngettext(
                "Accuracy {new} against {old} on {count} test label",
                "Accuracy {new} against {old} on {count} test labels",
                self.challenger_accuracy.count,
            ).format(
                new=percent(self.challenger_accuracy.value, 1),
                old=percent(self.champion_accuracy.value, 1),
                count=number(self.challenger_accuracy.count),
            )
        now, before = number(self.version.label_count or 0), number(self.champion.label_count or 0)
        return _("Trained on {now} labels instead of {before}").format(now=now, before=before)


def read_receipt(db: Database) -> Receipt | None:
    """What the newest version would change, when it waits for a decision; else None."""
    versions = list_version_summaries(db)
    challenger = find_challenger(versions)
    champion = next((version for version in versions if version.is_champion), None)
    if challenger is None or champion is None:
        return None
    names = {label_class.id: label_class.name for label_class in list_classes(db)}
    ours = read_evaluations(db, challenger.version.id, names)
    theirs = read_evaluations(db, champion.version.id, names)
    shared = pick_evaluation([one for one in ours if _same_labels(one, _of_source(theirs, one.source))])
    pair = {"old_id": champion.version.id, "new_id": challenger.version.id}
    changes = count_changed_predictions(db, **pair)
    flips = count_flips(db, **pair)
    return Receipt(
        version=challenger,
        champion=champion,
        source_name=SOURCE_NAMES[shared.source] if shared else "",
        challenger_accuracy=shared.accuracy if shared else None,
        champion_accuracy=_accuracy(theirs, shared.source) if shared else None,
        challenger_relative=_accuracy(ours, RELATIVE),
        champion_relative=_accuracy(theirs, RELATIVE),
        item_count=changes["items"],
        changed_count=changes["changed"],
        test_label_count=flips["labels"],
        fixed_count=flips["fixed"],
        newly_wrong_count=flips["newly_wrong"],
        sent_back_count=count_sent_back(db, challenger.version.id),
    )


def _same_labels(ours: Evaluation, theirs: Evaluation | None) -> bool:
    if theirs is None or theirs.accuracy is None or ours.source == RELATIVE:
        return False
    return ours.label_count == theirs.label_count


def _of_source(evaluations: Sequence[Evaluation], source: str) -> Evaluation | None:
    return next((one for one in evaluations if one.source == source), None)


def _accuracy(evaluations: Sequence[Evaluation], source: str) -> Rate | None:
    found = _of_source(evaluations, source)
    return found.accuracy if found else None
