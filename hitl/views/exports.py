"""An export as the bytes of a file, for a download."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hitl.domain.clock import utc_now
from hitl.domain.people import Actor
from hitl.loop.export import ExportKind, export_table
from hitl.store.connection import open_project, open_tandem
from hitl.views.overview import read_people


def make_export(data_dir: Path, slug: str, *, kind: ExportKind, suffix: str, actor: Actor) -> bytes:
    """The file's bytes, made now with connections of its own: a browser asks when the page's run is long over.

    Raises
    ------
    NoModel
        Predictions are asked for and no version predicts.
    """
    tandem, db = open_tandem(data_dir), open_project(data_dir, slug)
    try:
        with TemporaryDirectory(prefix="tandem-export-") as folder:
            path = Path(folder) / f"{kind.value}.{suffix}"
            export_table(
                db, kind=kind, path=path, names=read_people(tandem, db=db, viewer=actor), actor=actor, now=utc_now()
            )
            return path.read_bytes()
    finally:
        db.conn.close()
        tandem.conn.close()
