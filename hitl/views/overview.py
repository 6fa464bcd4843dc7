"""The state of a project at a glance, and what to do next."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission, ShowNames
from hitl.domain.reader import day_start
from hitl.store.item_counts import count_disagreements, count_queue, count_states
from hitl.store.name_rules import current_show_names
from hitl.store.people import read_pseudonyms
from hitl.store.projects import list_classes
from hitl.store.reads_overview import (
    count_decisions_by_quarter_hour,
    list_recent_changes,
    list_recent_events,
    read_names,
)
from hitl.views.formatting import number
from hitl.views.labels import ClassCount, Staleness, explain_missing, read_class_counts, read_staleness
from hitl.views.training import KeptLabels, count_unmeasured, read_kept_labels
from hitl.views.versions import VersionSummary, find_challenger, list_version_summaries
from hitl.views.wording import count_of, percent, plain

ACTIVITY_COUNT = 8
TREND_DAYS = 14
_ENOUGH_NEW_LABELS = 10


@dataclass(frozen=True)
class NextStep:
    """One thing to do: the sentence, the page that does it with its options, and an icon name."""

    text: str
    page: str
    icon: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Activity:
    """Something that happened, its text as safe Markdown: who did what, and when."""

    text: str
    actor_name: str
    icon: str
    at: str


@dataclass(frozen=True)
class Progress:
    """The counts that decide what to do next; ``drawn_count`` of those that wait were drawn at random."""

    item_count: int
    waiting_count: int
    drawn_count: int
    tests: KeptLabels
    unmeasured_count: int
    disagreement_count: int
    missing: str | None
    staleness: Staleness
    champion: VersionSummary | None
    challenger: VersionSummary | None


@dataclass(frozen=True)
class Overview:
    """Everything the first page shows."""

    progress: Progress
    accepted_count: int
    people_count: int
    imported_count: int
    cannot_tell_count: int
    daily_counts: tuple[int, ...]
    classes: tuple[ClassCount, ...]
    steps: tuple[NextStep, ...]
    activity: tuple[Activity, ...]

    @property
    def accepted_rate(self) -> float | None:
        """Share of all items that the model answers now."""
        total = self.progress.item_count
        return self.accepted_count / total if total else None


def read_people(tandem: Database, *, db: Database | None = None, viewer: Actor | None = None) -> dict[int, str]:
    """The names of all actors by id, as somebody sees them in a project.

    Parameters
    ----------
    db, viewer : optional
        The project, and who looks. Where the project shows names to its leads alone, anybody else sees a number in
        place of each name but their own. Without them all names are given.
    """
    names = read_names(tandem)
    if (
        db is None
        or viewer is None
        or may(viewer, Permission.SEE_NAMES)
        or current_show_names(db) is ShowNames.EVERYONE
    ):
        return names
    others = {one: number for one, number in read_pseudonyms(tandem).items() if one != viewer.id}
    return names | {one: _("Colleague {number}").format(number=number) for one, number in others.items()}


def read_overview(db: Database, *, names: Mapping[int, str], now: datetime) -> Overview:
    """The first page's figures, steps and activity."""
    states = count_states(db)
    classes = read_class_counts(db)
    progress = read_progress(db)
    return Overview(
        progress=progress,
        accepted_count=states.accepted,
        people_count=states.by_people,
        imported_count=states.imported,
        cannot_tell_count=states.cannot_tell,
        daily_counts=_daily_counts(db, now=now),
        classes=classes,
        steps=suggest_steps(progress),
        activity=read_activity(db, names=names),
    )


def read_progress(db: Database) -> Progress:
    """What stands, what waits and what is new since the last training."""
    versions = list_version_summaries(db)
    champion = next((version for version in versions if version.is_champion), None)
    queue, tests = count_queue(db), read_kept_labels(db)
    return Progress(
        item_count=count_states(db).items,
        waiting_count=queue.waiting,
        drawn_count=queue.drawn,
        tests=tests,
        unmeasured_count=count_unmeasured(db, tests, champion),
        disagreement_count=count_disagreements(db),
        missing=explain_missing(read_class_counts(db)),
        staleness=read_staleness(db),
        champion=champion,
        challenger=find_challenger(versions),
    )


def suggest_steps(progress: Progress) -> tuple[NextStep, ...]:
    """What to do next, most useful first; never empty."""
    if not progress.item_count:
        return (NextStep(_("No items yet: import a file to begin."), "import", "upload_file"),)
    candidates = (
        _measure_step(progress),
        _compare_step(progress),
        _retrain_step(progress, at_least=_ENOUGH_NEW_LABELS),
        _review_step(progress),
        _disagreement_step(progress),
        _draw_step(progress),
        _retrain_step(progress, at_least=1),
    )
    steps = list(dict.fromkeys(step for step in candidates if step))
    return tuple(steps) or (
        NextStep(_("Nothing waits: export the labels, or import more items."), "settings", "task_alt"),
    )


def read_activity(db: Database, *, names: Mapping[int, str]) -> tuple[Activity, ...]:
    """The latest decisions and changes, newest first."""
    class_names = {label_class.id: label_class.name for label_class in list_classes(db)}
    decisions = [
        _decision_activity(row, names=names, class_names=class_names)
        for row in list_recent_events(db, count=ACTIVITY_COUNT)
    ]
    changes = [_change_activity(row, names=names) for row in list_recent_changes(db, count=ACTIVITY_COUNT)]
    return tuple(sorted(decisions + changes, key=lambda activity: activity.at, reverse=True)[:ACTIVITY_COUNT])


def _daily_counts(db: Database, *, now: datetime) -> tuple[int, ...]:
    """Decisions on each of the reader's last days, today last; what a wrong clock dated after today is on none."""
    starts = [day_start(now, days_before=TREND_DAYS - 1 - day) for day in range(TREND_DAYS)]
    counts, tomorrow = [0] * TREND_DAYS, day_start(now, days_before=-1)
    for begin, count in count_decisions_by_quarter_hour(db, since=starts[0]):
        if begin < tomorrow:
            counts[bisect_right(starts, begin) - 1] += count
    return tuple(counts)


def _compare_step(progress: Progress) -> NextStep | None:
    if progress.challenger is None:
        return None
    text = _("{title} is trained: compare it with the model in use and decide.").format(title=progress.challenger.title)
    return NextStep(text, "train", "compare_arrows")


def _retrain_step(progress: Progress, *, at_least: int) -> NextStep | None:
    staleness = progress.staleness
    if progress.missing or progress.challenger:
        return None
    if staleness.version_name is None:
        return NextStep(_("There are enough labels for a first model: train it."), "train", "model_training")
    if staleness.class_count:
        return NextStep(
            _("Classes changed since {version_name}: retrain.").format(version_name=staleness.version_name),
            "train",
            "model_training",
        )
    if staleness.label_count < at_least:
        return None
    news = count_of(staleness.label_count, "{count} new or changed label", "{count} new or changed labels")
    return NextStep(
        _("{news} since {version_name}: retrain.").format(news=news, version_name=staleness.version_name),
        "train",
        "model_training",
    )


def _review_step(progress: Progress) -> NextStep | None:
    if not progress.waiting_count:
        return None
    wait = "waits" if progress.waiting_count == 1 else "wait"
    text = _("{waiting_count} {wait} for a person").format(
        waiting_count=count_of(progress.waiting_count, "{count} item", "{count} items"), wait=wait
    )
    if progress.drawn_count:
        text = _("{text}, {drawn_count} of them to check the model without seeing its answer").format(
            text=text, drawn_count=number(progress.drawn_count)
        )
    return NextStep(f"{progress.missing} {text}." if progress.missing else f"{text}.", "review", "rate_review")


def _disagreement_step(progress: Progress) -> NextStep | None:
    if progress.waiting_count or not progress.disagreement_count:
        return None
    count = progress.disagreement_count
    wait = _("label differs") if count == 1 else _("labels differ")
    text = _("Nothing waits for review. {count} {wait} from the model's answer: look who is right.").format(
        count=number(count), wait=wait
    )
    return NextStep(text, "explore", "compare", (("disagrees", "yes"),))


def _measure_step(progress: Progress) -> NextStep | None:
    if not progress.unmeasured_count or progress.tests.waiting_count:
        return None
    labels = count_of(progress.unmeasured_count, "{count} label", "{count} labels")
    return NextStep(
        _("{labels} of a blind test can measure the model now.").format(labels=labels), "train", "straighten"
    )


def _draw_step(progress: Progress) -> NextStep | None:
    if progress.champion is None or progress.tests.imported_count or progress.tests.drawn_count:
        return None
    text = _("How right the model is on all items is not known yet: a blind test of 50 items would tell.")
    return NextStep(text, "train", "straighten")


def _decision_activity(
    row: Mapping[str, object], *, names: Mapping[int, str], class_names: Mapping[int, str]
) -> Activity:
    item = plain(row["external_id"] or _("an item"))
    label = plain(class_names.get(int(str(row["class_id"] or 0)), "?"))
    texts = {
        "label": (_("{item} is **{label}**").format(item=item, label=label), "check"),
        "adjudicate": (_("{item} settled as **{label}**").format(item=item, label=label), "gavel"),
        "cannot_tell": (_("{item}: can't tell").format(item=item), "question_mark"),
        "skip": (_("{item} skipped").format(item=item), "redo"),
        "undo": (_("a decision taken back"), "undo"),
    }
    text, icon = texts[str(row["kind"])]
    return Activity(text, names.get(int(str(row["actor_id"])), "?"), icon, str(row["at"]))


def _change_activity(row: Mapping[str, object], *, names: Mapping[int, str]) -> Activity:
    detail, note = plain(row["detail"]), plain(row["note"])
    texts = {
        "import": (
            (_("{name} imported") if row["note"] == "published" else _("{name}: import discarded")).format(name=detail),
            "upload_file",
        ),
        "version": (
            (_("{name} trained") if row["note"] == "trained" else _("{name} came with an import")).format(name=detail),
            "model_training",
        ),
        "promote": (_("{detail} promoted: {note}").format(detail=detail, note=note), "military_tech"),
        "rollback": (_("Rolled back to {detail}: {note}").format(detail=detail, note=note), "history"),
        "policy": (
            (_("Threshold set to {share}: {note}") if note else _("Threshold set to {share}")).format(
                share=_share(row["detail"]), note=note
            ),
            "tune",
        ),
    }
    text, icon = texts[str(row["kind"])]
    return Activity(text, names.get(int(str(row["actor_id"])), "?"), icon, str(row["at"]))


def _share(detail: object) -> str:
    """A threshold as text; what else a change is about is no share."""
    try:
        return percent(float(str(detail)))
    except ValueError:
        return ""
