"""Second look: after a training, the labels that the new version finds unlikely go back to the queue.

label_doubts (kept by train) ── rule, budget, estimate ──▶ a bulk act of the version ──▶ queue ── review ──▶ found
      ▲                                                                                                    │
      └──────────────────────────── the next training; what was found corrects its estimate ◀──────────────┘
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil

import numpy as np
from sqlite_utils import Database

from hitl.access import require
from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import SYSTEM, Actor, Permission
from hitl.domain.second_look import FEWEST_LABELS, MOST_AT_ONCE, SecondLookRule, SecondLookTurn, TurnOutcome
from hitl.store import second_looks as store
from hitl.store.audit import append
from hitl.store.bulk import Asked, add_act, add_end
from hitl.store.connection import write_transaction
from hitl.store.derived import refresh_groups
from hitl.store.events import latest_event_id
from hitl.store.second_looks import Doubted, SentLabel
from hitl.store.versions import read_snapshot, read_version

ROUNDING = 1e-9


def set_second_look_rule(
    db: Database, *, share: float, at_once: int, bar: float, reason: str, actor: Actor, now: datetime
) -> SecondLookRule:
    """Put a rule in force for the next trainings; what was sent back stays sent back. A share of 0 turns it off.

    Writes: second_look_rules.

    Raises
    ------
    BadInput
        A value is out of its range, or the reason is missing.
    """
    require(actor, Permission.SET_POLICY)
    rule = SecondLookRule(share, at_once, bar)
    _check(rule, reason)
    with write_transaction(db):
        store.add_rule(db, rule, reason=reason.strip(), actor_id=actor.id, at=utc_text(now))
        append(db, actor, "set_second_look_rule", now=now)
    return rule


def look_again(db: Database, *, version_id: int, now: datetime) -> SecondLookTurn:
    """Send back the labels that a version finds likely wrong, as far as the rule allows; the same version once.

    System only: the training, which was permitted, asks for it. Writes: second_look_turns, bulk_acts, bulk_plans,
    bulk_act_ends, second_looks, item_state, queue, releases, release_ends.
    """
    with write_transaction(db):
        known = store.find_turn(db, version_id)
        if known is not None:
            return known
        turn, sent = _judge(db, version_id)
        if sent:
            turn = replace(turn, act_id=_send(db, version_id, sent, now=now))
        store.add_turn(db, turn, at=utc_text(now))
    return turn


def _judge(db: Database, version_id: int) -> tuple[SecondLookTurn, list[SentLabel]]:
    """What the version's doubts come to, and the labels to send back."""
    snapshot = read_snapshot(db, read_version(db, version_id).snapshot_id or 0)
    rule = store.current_rule(db)
    turn = SecondLookTurn(version_id, TurnOutcome.NONE, snapshot.label_count)
    if not rule.share:
        return replace(turn, outcome=TurnOutcome.OFF), []
    if snapshot.label_count < FEWEST_LABELS:
        return replace(turn, outcome=TurnOutcome.FEW_LABELS), []
    room = rule.at_once - store.count_open(db)
    earned = _earned(db, rule, watermark=snapshot.watermark)
    if room < 1 or earned < 1:
        return replace(turn, outcome=TurnOutcome.WAITING if room < 1 else TurnOutcome.FEW_NEWS), []
    doubted = store.list_doubted(db, version_id, limit=min(room, earned))
    if not doubted:
        return turn, []
    return _weigh(db, turn, doubted, rule=rule, class_count=len(snapshot.class_counts))


def _earned(db: Database, rule: SecondLookRule, *, watermark: int) -> int:
    """Second looks that the labels given since the last ones allow; no more are counted than the rule lets wait."""
    enough = ceil(rule.at_once / rule.share)
    return int(rule.share * store.count_news(db, up_to=watermark, needed=enough) + ROUNDING)


def _weigh(
    db: Database, turn: SecondLookTurn, doubted: Sequence[Doubted], *, rule: SecondLookRule, class_count: int
) -> tuple[SecondLookTurn, list[SentLabel]]:
    """Those whose corrected doubt reaches the bar; the estimate is theirs, or of all where none does."""
    from hitl.ml.second_look import correct, doubts  # noqa: PLC0415  scipy stays off the pages' start-up path

    found = store.read_found(db)
    correction = correct(expected=found.expected, found=found.changed_count)
    alone = doubts(np.array([one.self_confidence for one in doubted]), class_count=class_count)
    count = int(np.count_nonzero(np.minimum(correction.factor * alone, 1.0) >= rule.bar))
    mean = float(alone[: count or len(alone)].mean())
    low, expected, high = (min(mean * one, 1.0) for one in (correction.low, correction.factor, correction.high))
    turn = replace(turn, judged_count=len(doubted), sent_count=count, expected_rate=expected, low=low, high=high)
    sent = [SentLabel(label, float(doubt)) for label, doubt in zip(doubted[:count], alone[:count], strict=True)]
    return replace(turn, outcome=TurnOutcome.SENT if sent else TurnOutcome.WEAK), sent


def _send(db: Database, version_id: int, sent: Sequence[SentLabel], *, now: datetime) -> int:
    """An act of the version, at its end at once."""
    at = utc_text(now)
    asked = Asked(BulkKind.REVIEW, None, SYSTEM.id, at)
    pairs = sorted((one.label.group_id, one.label.item_id) for one in sent)
    act_id = add_act(
        db,
        asked,
        np.array(pairs, dtype=np.int32),
        item_count=sum(one.label.item_count for one in sent),
        selection=f'{{"doubted_by": {version_id}}}',
        left_out="{}",
        comment="",
        request_id=f"second-look-{version_id}",
        version_id=version_id,
    )
    store.add_looks(db, act_id=act_id, sent=sent, after_event_id=latest_event_id(db), at=at)
    add_end(db, act_id=act_id, step="done", group_count=len(pairs), at=at)
    refresh_groups(db, [group_id for group_id, _item_id in pairs], at=at)
    append(
        db,
        SYSTEM,
        "second_look",
        subject=f"bulk:{act_id}",
        details={"groups": len(pairs), "version": version_id},
        now=now,
    )
    return act_id


def _check(rule: SecondLookRule, reason: str) -> None:
    if not 0 <= rule.share <= 1:
        raise BadInput(
            _("The share of second looks lies from 0 to 1; found {share}. 0 turns them off.").format(share=rule.share)
        )
    if not 0 <= rule.bar <= 1:
        raise BadInput(_("The chance of being wrong lies from 0 to 1; found {bar}.").format(bar=rule.bar))
    if not 1 <= rule.at_once <= MOST_AT_ONCE:
        raise BadInput(
            _("From 1 to {most} labels can wait for a second look at the same time; found {found}.").format(
                most=MOST_AT_ONCE, found=rule.at_once
            )
        )
    if not reason.strip():
        raise BadInput(_("Say why the rule changes; the team reads it in the history."))
