"""simulate: the whole loop on a labelled file, with a simulated reviewer; the curve as JSON."""

import json
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from hitl import __version__
from hitl.adapters.encoders.registry import default_encoder, named_encoder
from hitl.adapters.image_keeper import ImageKeeper
from hitl.adapters.readers import open_table
from hitl.cli.app import note
from hitl.cli.roles import Text, assign_roles
from hitl.domain.errors import BadInput, NotFound, StoreUnusable
from hitl.domain.fields import Field, Role, learned_fields
from hitl.domain.images import model_input
from hitl.domain.language import _
from hitl.domain.rows import Row
from hitl.domain.terminal_text import inert
from hitl.simulate import Point, Scores, Study, run_study, split_rows, train_on_everything

DEFAULT, NONE = "default", "none"
EncoderName = Annotated[str, typer.Option(metavar="NAME", help="What reads the texts; none: learn from words alone.")]
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "skops", "sqlite-utils")


@dataclass(frozen=True)
class Table:
    """The labelled rows of a file; ``left_out`` counts those without a label or unreadable."""

    rows: Sequence[Mapping[str, str]]
    labels: Sequence[str]
    left_out: int


def simulate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file in which every row has its right answer.")],
    label: Annotated[str, typer.Option(metavar="COL", help="The column with the right answers.")],
    text: Text = None,
    test: Annotated[Path | None, typer.Option(metavar="FILE", help="Rows to test on; else a fixed quarter.")] = None,
    budget: Annotated[int, typer.Option(min=1, help="Decisions in all.")] = 600,
    batch: Annotated[int, typer.Option(min=1, help="Decisions between two trainings.")] = 20,
    strategy: Annotated[str, typer.Option(help="Which items are asked first: default, random, margin, …")] = "default",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same curve.")] = 0,
    encoder: EncoderName = DEFAULT,
    reviewer_error: Annotated[float, typer.Option(help="Share of wrong decisions, 0 to below 1.")] = 0.0,
    second_look: Annotated[bool, typer.Option(help="Labels that a version doubts are asked again.")] = True,
    out: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write the curve to this file.")] = None,
) -> None:
    """Run the loop with a simulated reviewer.

    On a throw-away project: claim, decide, train, measure on the test rows, predict, promote, again and again. The
    columns' roles are detected, or with --text these columns alone are learned from.
    """
    _check(out, encoder)
    fields = _fields(file, label=label, text=text)
    with tempfile.TemporaryDirectory(prefix="tandem-simulation-") as folder:
        images = _make_folder(Path(folder) / "images-of-the-file")
        pool, held = _split(file, test, label=label, fields=fields, seed=seed, images=images)
        rows = (pool.rows, pool.labels, held.rows, held.labels)
        shown, looks = _kept(images, fields), (second_look, encoder != NONE, _name_of(encoder))
        study = Study(fields, *rows, budget, batch, strategy, seed, reviewer_error, shown, *looks)
        begin = time.perf_counter()
        curve = run_study(Path(folder) / "data", study, tell=_tell)
        note(_("Training on all labels of the pool, for comparison"))
        full = train_on_everything(Path(folder) / "data", study)
    note(_("All {count:,} labels: accuracy {accuracy:.3f}").format(count=len(pool.labels), accuracy=full.accuracy))
    measured = {"rows_left_out": pool.left_out + held.left_out, "seconds": round(time.perf_counter() - begin, 3)}
    _write({"arguments": _arguments(context), **_result(curve, full, study), **measured}, out)


def _make_folder(path: Path) -> Path:
    path.mkdir()
    return path


def _kept(images: Path, fields: Sequence[Field]) -> Path | None:
    return images if any(field.role is Role.IMAGE for field in fields) else None


def _name_of(encoder: str) -> str:
    return default_encoder().name if encoder in {DEFAULT, NONE} else encoder


def _check(out: Path | None, encoder: str) -> None:
    """Told now, not after minutes of work."""
    if encoder != NONE and (lacks := named_encoder(_name_of(encoder)).lacking()):
        raise NotFound(lacks)
    if out is not None and not out.absolute().parent.is_dir():
        raise StoreUnusable(
            _("{out} can't be written: its folder does not exist. Make it, or name another file.").format(out=out)
        )


def _fields(file: Path, *, label: str, text: Sequence[str] | None) -> tuple[Field, ...]:
    plan = assign_roles(file, given={Role.LABEL: [label], Role.TEXT: list(text or ())})
    fields = tuple(field for field in learned_fields(plan.fields) if not text or field.name in text)
    if not fields:
        raise BadInput(_("No column to learn from was found. Name the text columns with --text."))
    return fields


def _split(
    file: Path, test: Path | None, *, label: str, fields: tuple[Field, ...], seed: int, images: Path
) -> tuple[Table, Table]:
    """The pool in an order fixed by the seed, and the test rows; what equals a test row is not in the pool."""
    table = _read(file, label=label, fields=fields, images=images)
    if test is not None:
        held, rows = _read(test, label=label, fields=fields, images=images), list(range(len(table.rows)))
    else:
        rows, tested = split_rows(table.labels)
        held = Table([table.rows[row] for row in tested], [table.labels[row] for row in tested], 0)
    seen = {_inputs(row) for row in held.rows}
    kept = [row for row in rows if _inputs(table.rows[row]) not in seen]
    random.Random(seed).shuffle(kept)  # noqa: S311  not a secret
    left_out = table.left_out + len(rows) - len(kept)
    return Table([table.rows[row] for row in kept], [table.labels[row] for row in kept], left_out), held


def _inputs(row: Mapping[str, str]) -> tuple[object, ...]:
    return tuple(model_input(value) for value in row.values())


def _read(path: Path, *, label: str, fields: tuple[Field, ...], images: Path) -> Table:
    names = [field.name for field in fields]
    with open_table(path) as file:
        missing = [name for name in (*names, label) if name not in file.columns]
        if missing:
            raise BadInput(
                _("{name} has no column '{missing}'. Its columns are: {columns}.").format(
                    name=path.name, missing=missing[0], columns=", ".join(file.columns)
                )
            )
        records = list(file.records)
        if file.images is not None:
            records = ImageKeeper(file.images, images, fields).keep(records)
    read = [record.values for record in records if isinstance(record, Row) and record.values[label].strip()]
    if not read:
        raise BadInput(
            _("{name} has no row with a label in '{label}'. Choose another file or column.").format(
                name=path.name, label=label
            )
        )
    rows = [{name: values[name] for name in names} for values in read]
    return Table(rows, [values[label].strip() for values in read], len(records) - len(read))


def _tell(point: Point) -> None:
    accuracy = _("not known yet") if point.test_accuracy is None else f"{point.test_accuracy:.3f}"
    note(
        _(
            "{decisions:6,} decisions: accuracy {accuracy}, selected in {select_seconds:.1f} s, "
            "trained in {train_seconds:.1f} s"
        ).format(
            decisions=point.decisions,
            accuracy=accuracy,
            select_seconds=point.select_seconds,
            train_seconds=point.train_seconds,
        )
    )


def _result(curve: Sequence[Point], full: Scores, study: Study) -> dict[str, Any]:
    return {
        "columns": {field.name: field.role.value for field in study.fields},
        "pool_rows": len(study.pool),
        "test_rows": len(study.test),
        "classes": len(set(study.pool_labels)),
        "curve": [asdict(point) for point in curve],
        "full_data_accuracy": full.accuracy,
        "full_data_macro_f1": full.macro_f1,
        "versions": {"tandem": __version__, **{name: version(name) for name in LIBRARIES}},
    }


def _arguments(context: typer.Context) -> dict[str, Any]:
    return {name: _plain(value) for name, value in context.params.items() if name != "out"}


def _plain(value: Any) -> Any:
    """A file by its name alone: what is written says nothing about the machine."""
    return value.name if isinstance(value, Path) else value


def _write(result: Mapping[str, Any], out: Path | None) -> None:
    text = json.dumps(result, ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(inert(text))
        return
    staging = out.with_name(f".{out.name}.part")
    try:
        staging.write_text(text + "\n", "utf-8")
        staging.replace(out)
    except OSError as error:
        raise StoreUnusable(
            _("{out} can't be written ({strerror}). Name a file in a folder of yours.").format(
                out=out, strerror=error.strerror
            )
        ) from error
    note(_("Written to {out}").format(out=out))
