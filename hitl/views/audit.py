"""The audit log as a lead reads it: sentences with names, on a page of fifty."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from sqlite_utils import Database

from hitl.domain.audit import Via
from hitl.domain.clock import utc_text
from hitl.domain.language import _
from hitl.domain.people import Actor
from hitl.domain.reader import current_reader, zone_of
from hitl.loop.audit import PAGE_ROWS, export_log, export_site_log, read_log, read_members_log, read_site_log
from hitl.store.audit_reads import LogFilter, LogRow, list_acting, name_items, name_versions
from hitl.store.connection import open_project, open_tandem
from hitl.views.audit_words import SUBJECTS, VIAS, acts_of, describe_act

_SUBJECT = re.compile(r"\s*([a-z]+)[\s:#]+([a-z0-9][a-z0-9-]*)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class LogChoices:
    """What a reader of the log has chosen; None and empty leave all in. Days are the reader's, both included."""

    actor_id: int | None = None
    topic: str = ""
    subject: str = ""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class LogLine:
    """A row for people: its number, moment, sentence, the way it was done, and the address of what it is about."""

    id: int
    at: str
    sentence: str
    via: str
    link: str


@dataclass(frozen=True)
class LogPage:
    """A page of the log, newest first; ``older_than`` is where the next page begins, None on the last."""

    lines: tuple[LogLine, ...]
    older_than: int | None


def read_project_log(
    db: Database, slug: str, chosen: LogChoices, *, before: int | None, people: Mapping[int, str], actor: Actor
) -> LogPage:
    """A page of a project's log.

    Raises
    ------
    NotPermitted
        The actor is no lead or owner of the project.
    """
    rows = read_log(db, chosen=as_filter(chosen), before=before, actor=actor)
    items, versions = name_items(db, _ids(rows, "item")), name_versions(db, _ids(rows, "version"))
    names = {f"item:{one}": name for one, name in items.items()}
    names |= {f"version:{one}": name for one, name in versions.items()}
    links = {f"item:{one}": _address("explore", slug, item=name) for one, name in items.items()}
    links |= {f"version:{one}": _address("versions", slug, version=one) for one in versions}
    return _page(rows, names, links, people)


def read_desk_log(
    tandem: Database, chosen: LogChoices, *, before: int | None, people: Mapping[int, str], actor: Actor
) -> LogPage:
    """A page of the desk's log.

    Raises
    ------
    NotPermitted
        The actor is no administrator.
    """
    rows = read_site_log(tandem, chosen=as_filter(chosen), before=before, actor=actor)
    return _page(rows, {}, {}, people)


def read_members_page(
    tandem: Database, slug: str, chosen: LogChoices, *, before: int | None, people: Mapping[int, str], actor: Actor
) -> LogPage:
    """A page of what the desk's log says of one project: who is in it, and the project as a whole.

    Raises
    ------
    NotPermitted
        The actor does not own the project.
    """
    rows = read_members_log(tandem, slug=slug, chosen=as_filter(chosen), before=before, actor=actor)
    return _page(rows, {}, {}, people)


def list_actors(db: Database, people: Mapping[int, str], *, about: str = "") -> dict[int, str]:
    """Who may be chosen: those who acted lately, by name; in the desk's log with ``about`` on that project."""
    found = {one: _name(one, people) for one in list_acting(db, LogFilter(about=about))}
    return dict(sorted(found.items(), key=lambda pair: (pair[1].casefold(), pair[0])))


def make_log_file(
    data_dir: Path,
    slug: str | None,
    chosen: LogChoices,
    *,
    suffix: str,
    people: Mapping[int, str],
    actor: Actor,
    now: datetime,
) -> bytes:
    """The bytes of a file with every row that fits; of a project's log, or without one of the desk's."""
    db = open_project(data_dir, slug) if slug else open_tandem(data_dir)
    try:
        with TemporaryDirectory(prefix="tandem-audit-") as folder:
            path = Path(folder) / f"audit.{suffix}"
            export = export_log if slug else export_site_log
            export(db, chosen=as_filter(chosen), path=path, names=people, actor=actor, now=now)
            return path.read_bytes()
    finally:
        db.conn.close()


def as_filter(chosen: LogChoices) -> LogFilter:
    """The choices as the store looks for them; a subject that can't be read fits no row."""
    return LogFilter(
        actor_id=chosen.actor_id,
        acts=acts_of(chosen.topic),
        subject=read_subject(chosen.subject),
        since=_midnight(chosen.first_day) if chosen.first_day else "",
        until=_midnight(date.fromordinal(chosen.last_day.toordinal() + 1)) if chosen.last_day else "",
    )


def read_subject(text: str) -> str:
    """What a reader typed, as rows name it.

    >>> read_subject("Item 12"), read_subject("version:3"), read_subject(""), read_subject("what?")
    ('item:12', 'version:3', '', '?')
    """
    found = _SUBJECT.fullmatch(text)
    if found:
        return f"{found[1].lower()}:{found[2].lower()}"
    return "?" if text.strip() else ""


def _page(
    rows: Sequence[LogRow], names: Mapping[str, str], links: Mapping[str, str], people: Mapping[int, str]
) -> LogPage:
    lines = tuple(_line(row, names, links, people) for row in rows)
    return LogPage(lines, rows[-1].id if len(rows) == PAGE_ROWS else None)


def _line(row: LogRow, names: Mapping[str, str], links: Mapping[str, str], people: Mapping[int, str]) -> LogLine:
    who = _name(row.actor_id, people)
    sentence = describe_act(row.act, who=who, subject=_subject(row.subject, names, people))
    via = "" if row.act == "begin" else VIAS[Via(row.via)]
    return LogLine(row.id, row.at, sentence, via, links.get(row.subject, ""))


def _subject(subject: str, names: Mapping[str, str], people: Mapping[int, str]) -> str:
    kind, _colon, number = subject.partition(":")
    if kind == "person" and number.isdecimal():
        return _name(int(number), people)
    shown = names.get(subject, number)
    if kind == "version" and subject in names:
        return shown
    return SUBJECTS[kind].format(id=shown) if kind in SUBJECTS else subject


def _name(person_id: int, people: Mapping[int, str]) -> str:
    return people.get(person_id) or _("Person {id}").format(id=person_id)


def _ids(rows: Sequence[LogRow], kind: str) -> list[int]:
    return sorted({int(row.subject[len(kind) + 1 :]) for row in rows if row.subject.startswith(f"{kind}:")})


def _address(page: str, slug: str, **options: Any) -> str:
    return f"{page}?{urlencode({'project': slug, **options})}"


def _midnight(day: date) -> str:
    return utc_text(datetime.combine(day, time.min, tzinfo=zone_of(current_reader())))
