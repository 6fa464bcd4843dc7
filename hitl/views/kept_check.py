"""The check of a large file, asked for by a page, done in the background, and kept for a day in a folder of its own."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from hitl.adapters.rejects_file import new_rejects_file
from hitl.domain.fields import Field, Role, usual_group_rule
from hitl.domain.import_check import ImportCheck
from hitl.domain.import_choices import ImportChoices
from hitl.domain.people import Actor
from hitl.domain.records import Job
from hitl.loop.dry_run import Ground, ground_of, planned_ground
from hitl.views.file_check import check_stream

_CHECK, _REJECTS = "check.json", "rejected-rows.csv"


@dataclass(frozen=True)
class CheckOrder:
    """What is to be checked, beside the file itself: the same order has the same result in an unchanged project.

    ``fields`` and ``class_names`` plan a new project; for a project that exists they are empty.
    """

    how: Mapping[str, object]
    choices: ImportChoices
    fields: tuple[Field, ...] = ()
    class_names: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The order for a job's arguments."""
        return {
            "how": dict(self.how),
            "choices": self.choices.to_json(),
            "fields": [[one.name, one.role.value] for one in self.fields],
            "class_names": list(self.class_names),
        }

    @property
    def name(self) -> str:
        """The same for the same order."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def from_args(cls, args: Mapping[str, object]) -> "CheckOrder":
        """The order of a job."""
        fields, names, how = args["fields"], args["class_names"], args["how"]
        return cls(
            how if isinstance(how, Mapping) else {},
            ImportChoices.from_json(args["choices"]),
            tuple(Field(str(name), Role(role)) for name, role in (fields if isinstance(fields, Sequence) else ())),
            tuple(map(str, names if isinstance(names, Sequence) else ())),
        )


@dataclass(frozen=True)
class KeptCheck:
    """What was found, and the file of the rows that would be left out."""

    check: ImportCheck
    rejects: Path


def ground_of_order(db: Database | None, order: CheckOrder) -> Ground:
    """What the file of an order is compared with: the project, or the plan of a new one."""
    if db is not None:
        return ground_of(db, order.choices)
    rule = usual_group_rule(order.fields)
    return planned_ground(order.fields, class_names=order.class_names, group_rule=rule, choices=order.choices)


def keep_check(
    path: Path,
    *,
    name: str,
    order: CheckOrder,
    ground: Ground,
    actor: Actor,
    tick_reading: Callable[[float, int], None],
    tick: Callable[[float, int], None],
) -> ImportCheck:
    """The dry run of a kept file, written into the folder that the file is in.

    Parameters
    ----------
    tick_reading, tick : callable
        Told the share of the file that is read, in [0, 1], and a number of rows; may raise to stop.

    Raises
    ------
    BadInput
        The file can't be read, or does not fit the project.
    """
    size = max(path.stat().st_size, 1)
    with path.open("rb") as stream, new_rejects_file(path.parent / _REJECTS) as rejects:
        found = check_stream(
            stream,
            name=name,
            how=order.how,
            ground=ground,
            choices=order.choices,
            actor=actor,
            tick_reading=lambda row: tick_reading(stream.tell() / size, row),
            tick=lambda row: tick(stream.tell() / size, row),
            on_reject=rejects.add,
        )
    bounded = replace(found, rejects=tuple(replace(one, cells=()) for one in found.rejects))
    staging = path.parent / f"{_CHECK}.part"
    staging.write_text(json.dumps(bounded.to_json()), encoding="utf-8", errors="replace")
    staging.replace(path.parent / _CHECK)
    return found


def read_kept_check(job: Job) -> KeptCheck | None:
    """The result of a check that is done; None where it is no longer kept."""
    folder = Path(str(job.args["path"])).parent
    try:
        stored = json.loads((folder / _CHECK).read_text(encoding="utf-8"))
    except OSError:
        return None
    return KeptCheck(ImportCheck.from_json(stored), folder / _REJECTS)
