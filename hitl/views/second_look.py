"""What the second look after the last training did, why, and what second looks have found so far."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.language import _, ngettext
from hitl.domain.second_look import (
    FEWEST_LABELS,
    FEWEST_OF_CLASS,
    SecondLookRule,
    SecondLooksFound,
    SecondLookTurn,
    TurnOutcome,
)
from hitl.ml.intervals import wilson_interval
from hitl.store import second_looks as store
from hitl.views.formatting import number
from hitl.views.measures import Rate
from hitl.views.wording import count_of, interval, percent


@dataclass(frozen=True)
class SecondLookView:
    """The rule in force, the turn of the newest version (None: it had none), and what people found."""

    rule: SecondLookRule
    turn: SecondLookTurn | None
    found: SecondLooksFound

    @property
    def has_sent(self) -> bool:
        """Whether the last training sent labels back."""
        return self.turn is not None and self.turn.outcome is TurnOutcome.SENT

    @property
    def found_rate(self) -> Rate | None:
        """Share of the labels looked at again that were changed; None before any was."""
        looked, changed = self.found.looked_count, self.found.changed_count
        bounds = wilson_interval(changed, looked)
        return Rate(changed / looked, bounds.low, bounds.high, looked) if bounds else None


@dataclass(frozen=True)
class RuleLine:
    """A rule with who set it, when and why."""

    rule: SecondLookRule
    reason: str
    actor_name: str
    at: str


def read_rules(db: Database, *, people: Mapping[int, str]) -> tuple[RuleLine, ...]:
    """All rules ever set, newest first."""
    return tuple(
        RuleLine(
            SecondLookRule(row["share"], row["at_once"], row["bar"]),
            row["reason"],
            people.get(row["actor_id"], "?"),
            row["at"],
        )
        for row in store.list_rules(db)
    )


def read_second_look(db: Database) -> SecondLookView:
    """As it stands after the newest training."""
    return SecondLookView(store.current_rule(db), store.latest_turn(db), store.read_found(db))


def count_sent_back(db: Database, version_id: int) -> int:
    """How many labels the training of a version sent back."""
    turn = store.find_turn(db, version_id)
    return turn.sent_count if turn else 0


def describe_turn(view: SecondLookView) -> str:
    """What the last training sent back, or why it sent nothing."""
    turn = view.turn
    if not view.rule.share:
        return _("Second looks are turned off on Settings.")
    if turn is None:
        return _("After the next training, labels that the new version finds unlikely can come back to the queue.")
    if turn.outcome is TurnOutcome.SENT:
        return describe_sent(turn.sent_count) + " " + _describe_expected(turn, turn.sent_count)
    if turn.outcome is TurnOutcome.WEAK:
        return (
            _("The model can't tell wrong labels well enough yet.") + " " + _describe_expected(turn, turn.judged_count)
        )
    return _describe_nothing(turn)


def describe_sent(count: int) -> str:
    """How many labels a training sent back.

    >>> describe_sent(2)
    '2 labels were sent back for a second look.'
    """
    return ngettext(
        "{count} label was sent back for a second look.", "{count} labels were sent back for a second look.", count
    ).format(count=number(count))


def describe_found(view: SecondLookView) -> str:
    """What became of all labels that were sent back so far; empty before any was looked at."""
    rate = view.found_rate
    if rate is None:
        return ""
    return _("Of the last {looked} looked at again {changed} changed: {share} (95 % range {range}).").format(
        looked=count_of(rate.count, "{count} label", "{count} labels"),
        changed=number(view.found.changed_count),
        share=percent(rate.value),
        range=interval(rate),
    )


def _describe_expected(turn: SecondLookTurn, count: int) -> str:
    """How many of the labels judged are expected to be wrong, as a rough number with its interval."""
    low, expected, high = (round((share or 0.0) * count) for share in (turn.low, turn.expected_rate, turn.high))
    return _("Of the {labels} it doubts most about {expected} may be wrong ({low} to {high}).").format(
        labels=number(count), expected=number(expected), low=number(low), high=number(high)
    )


def _describe_nothing(turn: SecondLookTurn) -> str:
    sentences = {
        TurnOutcome.OFF: _("Second looks were turned off at the last training."),
        TurnOutcome.FEW_LABELS: ngettext(
            "Second looks begin at {fewest} labels; the last training had {count}.",
            "Second looks begin at {fewest} labels; the last training had {count}.",
            turn.label_count,
        ),
        TurnOutcome.FEW_NEWS: _("Too few labels are new since the last second look: a share of them may come back."),
        TurnOutcome.WAITING: _("As many labels as may wait for a second look are waiting already."),
        TurnOutcome.NONE: _(
            "There is no label to look at again: classes with fewer than {of_class} labels can't be judged yet, and "
            "every other label was looked at before or has changed since."
        ),
    }
    return sentences[turn.outcome].format(
        fewest=number(FEWEST_LABELS), of_class=number(FEWEST_OF_CLASS), count=number(turn.label_count)
    )
