"""What a redaction would take away, what is left of a redacted item, and which back-ups still hold it, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.language import _, ngettext, plural_later
from hitl.domain.records import Job
from hitl.loop.redact import RedactionPlan
from hitl.store.redactions import find_redacted
from hitl.views.formatting import number

_SHOWN_NAMES = 5
_GOING = (
    plural_later("{count} revision of {name} loses its content.", "{count} revisions of {name} lose their content."),
    plural_later("{count} image goes.", "{count} images go."),
    plural_later(
        "{count} row left out of an import loses its cells.", "{count} rows left out of imports lose their cells."
    ),
    plural_later(
        "{count} file that waits for its import is removed, whatever it holds.",
        "{count} files that wait for their import are removed, whatever they hold.",
    ),
    plural_later(
        "{count} comment about it stays unless you say so.", "{count} comments about it stay unless you say so."
    ),
)


@dataclass(frozen=True)
class RedactedNote:
    """That an item was here: why it was redacted, when and by whom; ``is_finished`` once files and traces are gone."""

    reason: str
    at: str
    actor_name: str
    is_finished: bool


def read_redacted(db: Database, external_id: str, *, people: Mapping[int, str]) -> RedactedNote | None:
    """What is left of an item whose id was kept; None where no such item was redacted."""
    row = find_redacted(db, external_id)
    if row is None:
        return None
    return RedactedNote(row["reason"], row["at"], people.get(row["actor_id"], "?"), row["ended_at"] is not None)


def effects_text(plan: RedactionPlan) -> str:
    """What a redaction would take away, in sentences.

    >>> effects_text(RedactionPlan("t-1", 2, 0, 0, 1, 0, (), (), False))
    '2 revisions of t-1 lose their content. 1 row left out of an import loses its cells.'
    """
    return " ".join([*_counted(plan), *_of_others(plan), *_of_versions(plan), *_of_pools(plan)])


def backups_text(job: Job) -> str:
    """Which older back-ups still hold what was redacted, and what to do; empty where none are made by themselves."""
    made = job.result or {}
    names, folder = made.get("backups"), made.get("folder")
    if folder is None or not isinstance(names, Sequence):
        return ""
    if not names:
        return _("No back-up in {folder} holds it.").format(folder=folder)
    sentence = ngettext(
        "{count} older back-up in {folder} still holds it: {names}. Delete it there, or wait until newer ones have "
        "taken its place; copies elsewhere are yours to find.",
        "{count} older back-ups in {folder} still hold it: {names}. Delete them there, or wait until newer ones have "
        "taken their place; copies elsewhere are yours to find.",
        len(names),
    )
    return sentence.format(count=number(len(names)), folder=folder, names=_listed([str(one) for one in names]))


def _counted(plan: RedactionPlan) -> list[str]:
    counts = (plan.revision_count, plan.image_count, plan.reject_count, plan.upload_count, plan.comment_count)
    told = [(ngettext(one, many, count), count) for count, (one, many) in zip(counts, _GOING, strict=True) if count]
    return [sentence.format(count=number(count), name=plan.external_id) for sentence, count in told]


def _of_others(plan: RedactionPlan) -> list[str]:
    if not plan.identical:
        return []
    sentence = ngettext(
        "{count} other item says the same and stays unless you say so: {names}.",
        "{count} other items say the same and stay unless you say so: {names}.",
        len(plan.identical),
    )
    return [sentence.format(count=number(len(plan.identical)), names=_listed(plan.identical))]


def _of_versions(plan: RedactionPlan) -> list[str]:
    if not plan.version_names:
        return []
    told = [_("Retired, with their model files deleted: {names}.").format(names=_listed(plan.version_names))]
    if plan.retires_champion:
        told.append(
            _(
                "The version in use is among them: its answers stand until a new one takes over, whose training begins "
                "at once; new items wait for it."
            )
        )
    return told


def _of_pools(plan: RedactionPlan) -> list[str]:
    if not plan.pool_names:
        return []
    sentence = ngettext(
        "{names} also learned from items without a label and stays: this one may have moved its weights, but none of "
        "its content is in the model file.",
        "{names} also learned from items without a label and stay: this one may have moved their weights, but none of "
        "its content is in the model files.",
        len(plan.pool_names),
    )
    return [sentence.format(names=_listed(plan.pool_names))]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN_NAMES])
    return shown if len(names) <= _SHOWN_NAMES else f"{shown}, …"
