"""The frame of all commands: where the data is, how results and errors are told."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlite_utils import Database
from typer.core import TyperGroup

from hitl import __version__
from hitl.domain.errors import HitlError, NoProject
from hitl.domain.language import _
from hitl.domain.reader import make_terminal_reader, reading
from hitl.domain.terminal_text import inert
from hitl.settings import prepare_data_dir, read_settings
from hitl.store.connection import list_slugs, open_project, open_tandem
from hitl.store.folders import list_archived

REFUSED = 1
_MOST_NAMED = 20
_WrongUse: type[typer.BadParameter] = typer.BadParameter.__mro__[2]  # any of them; Typer gives it no public name

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Project = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's short name; `status` lists them.")]


class OneSentence(TyperGroup):
    """Commands in the words of the terminal's language, whose errors are one sentence on stderr, with exit code 1."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """What the command line asks for, its help included, in the language that the terminal's variables name."""
        with reading(make_terminal_reader(os.environ)):
            _give_words(self)
            return super().main(*args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """What was asked for, taken apart."""
        with _inert_usage():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """What the command gives back."""
        try:
            with _inert_usage():
                return super().invoke(ctx)
        except NoProject as error:
            note(_("Error: {sentence}").format(sentence=_name_known(error, ctx.obj.data_dir)))
            raise typer.Exit(REFUSED) from None
        except HitlError as error:
            note(_("Error: {sentence}").format(sentence=error))
            raise typer.Exit(REFUSED) from None
        except UnicodeEncodeError as error:
            note(_("Error: {sentence}").format(sentence=_complain_of(str(error.object))))
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt:
            typer.echo(_("Stopped. Nothing half-done is in use."), err=True)
            raise typer.Exit(REFUSED) from None


app = typer.Typer(
    cls=OneSentence,
    help="Tandem: people and a model label data together.",
    epilog="Exit codes: 0 done, 1 refused (one sentence on stderr says what to do), 2 wrong use.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@dataclass(frozen=True)
class Desk:
    """Where the commands work."""

    data_dir: Path

    @contextmanager
    def tandem(self) -> Iterator[Database]:
        """The database of people and jobs."""
        with _closing(open_tandem(self.data_dir)) as db:
            yield db

    @contextmanager
    def project(self, slug: str) -> Iterator[Database]:
        """The database of a project."""
        with _closing(open_project(self.data_dir, slug)) as db:
            yield db


def list_help(command: Any) -> Iterator[str]:
    """The sentences of a command's help and its options', and those of the commands in it, for the catalogue."""
    for holder, name in _help_places(command):
        yield getattr(holder, name)


def _give_words(command: Any) -> None:
    """Put the help into the reader's language; commands are made anew for each run."""
    for holder, name in _help_places(command):
        setattr(holder, name, _(getattr(holder, name)))


def _help_places(command: Any) -> Iterator[tuple[Any, str]]:
    places = [(command, "help"), (command, "epilog"), *((one, "help") for one in command.params)]
    yield from (place for place in places if getattr(*place, None))
    for inner in getattr(command, "commands", {}).values():
        yield from _help_places(inner)


@contextmanager
def _inert_usage() -> Iterator[None]:
    """What is said of a wrong use repeats what was typed, which must not steer the terminal."""
    try:
        yield
    except _WrongUse as error:
        said = inert(error.format_message())
        vars(error)["format_message"] = lambda: said
        raise


def _name_known(error: NoProject, data_dir: Path) -> str:
    """That there is no such project, and those there are, for whoever may read the whole data folder."""
    known = list_slugs(data_dir)
    if error.slug in list_archived(data_dir):
        return _("The project '{slug}' is archived. Bring it back: python -m hitl reopen {slug}").format(
            slug=error.slug
        )
    if not known:
        return _(
            "There is no project '{slug}'. There is none yet; make one: python -m hitl create NAME --file F"
        ).format(slug=error.slug)
    shown = ", ".join(known[:_MOST_NAMED]) + (" …" if len(known) > _MOST_NAMED else "")
    return _("There is no project '{slug}'. Known here: {known}.").format(slug=error.slug, known=shown)


def _complain_of(text: str) -> str:
    """What to say of an argument with bytes that are not UTF-8, which Python passes on as halves of characters."""
    shown = text[:60].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _("'{shown}' is not UTF-8 text. Set the terminal to UTF-8 and type it again.").format(shown=shown)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def place(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="The data folder; else TANDEM_DATA, else data/.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """Tandem: people and a model label data together."""
    data_dir = read_settings().data_dir if data is None else data.expanduser().resolve()
    prepare_data_dir(data_dir)
    context.obj = Desk(data_dir)


def tell(result: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Print a result: as JSON for programs, else the text for people."""
    typer.echo(inert(json.dumps(result, ensure_ascii=False, indent=2) if as_json else text))


def note(text: str) -> None:
    """Tell the person at the terminal something that is no result."""
    typer.echo(inert(text), err=True)


@contextmanager
def _closing(db: Database) -> Iterator[Database]:
    try:
        yield db
    finally:
        db.conn.close()
