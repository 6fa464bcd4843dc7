"""What an import has brought, on the page, with the file of rows that it left out."""

from functools import partial

from hitl.loop.ingest import read_summary
from hitl.ui.import_receipt import draw_import_receipt
from hitl.views.file_check import rejects_of_import
from hitl.views.imports import imported_id
from hitl.views.jobs import JobView
from hitl.views.overview import read_progress, suggest_steps
from pages._downloads import made_then
from pages._session import PageContext


def draw_receipt(page: PageContext, job: JobView) -> None:
    """Draw what the import that ended last has brought."""
    import_id = imported_id(job)
    if import_id is not None:
        steps = suggest_steps(read_progress(page.db))
        summary = read_summary(page.db, import_id)
        on_rejects = made_then(page, partial(rejects_of_import, page.data_dir, page.slug, import_id))
        draw_import_receipt(summary, job, steps, now=page.now, on_rejects=on_rejects)
