"""A server's databases before it serves: older ones are upgraded, what killed upgrades left is gone."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import StoreUnusable
from hitl.domain.logs import tell
from hitl.store.connection import list_slugs, open_project, open_tandem
from hitl.store.upgrade import remove_leftovers

_LOGGER = logging.getLogger("tandem.store")


def prepare_databases(data_dir: Path) -> None:
    """Every database in use is of this version; one that can't be is logged, and its pages say why.

    An archived project is upgraded when it is brought back.
    """
    _prepare("tandem.db", data_dir, partial(open_tandem, data_dir))
    for slug in list_slugs(data_dir):
        _prepare(slug, data_dir / "projects" / slug, partial(open_project, data_dir, slug))


def _prepare(name: str, folder: Path, open_it: Callable[[], Database]) -> None:
    try:
        open_it().conn.close()
        remove_leftovers(folder)
    except StoreUnusable as error:  # its words name files, never what they hold
        tell(_LOGGER, "database_unusable", level=logging.WARNING, database=name, why=str(error))
