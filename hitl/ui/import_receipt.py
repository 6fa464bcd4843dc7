"""What an import brought, the rows it left out, and what to do next."""

from collections.abc import Callable
from datetime import datetime

import pandas as pd
import streamlit as st

from hitl.domain.language import _
from hitl.loop.ingest import ImportSummary
from hitl.ui.activity import draw_steps
from hitl.ui.import_check import reject_columns
from hitl.views.formatting import number
from hitl.views.jobs import JobView
from hitl.views.overview import NextStep
from hitl.views.wording import ago, count_of, duration, plain

_SHOWN_REJECTS = 100


def draw_import_receipt(
    summary: ImportSummary,
    view: JobView,
    steps: tuple[NextStep, ...],
    *,
    now: datetime,
    on_rejects: Callable[[], bytes],
) -> None:
    """Draw the counts of a finished import, its rejects, and the next steps.

    ``on_rejects`` gives the file of rows left out; it is called when somebody wants it.
    """
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(
                _("{file} is imported").format(file=plain(view.job.args.get("file_name", _("The file")))),
                anchor=False,
                width="content",
            )
            parts = [ago(view.job.ended_at, now)] if view.job.ended_at else []
            if view.elapsed_seconds:
                parts.append(_("took {time}").format(time=duration(view.elapsed_seconds)))
            st.caption(" · ".join(parts), width="content")
        _draw_counts(summary)
        if summary.test_groups:
            kept = count_of(summary.test_groups, "{count} label", "{count} labels")
            st.caption(
                _(":material/science: {kept} of them kept aside for testing: no model ever learns from them.").format(
                    kept=kept
                )
            )
        if summary.rejected:
            _draw_rejects(summary, on_rejects)
    draw_steps(steps)


def _draw_counts(summary: ImportSummary) -> None:
    counts = (
        (_("New"), summary.new, _("Items that were not here before.")),
        (_("Changed"), summary.changed, _("Items known by their id whose content is different now.")),
        (_("Unchanged"), summary.unchanged, _("Items that were here already, just the same.")),
        (_("Labelled"), summary.labelled, _("Items that came with a label.")),
        (_("Identical"), summary.identical, _("Items with the same content as another; they share one label.")),
        (_("Left out"), summary.rejected_count, _("Rows that could not be read; see below.")),
    )
    with st.grid(6, min_column_width=120, gap="small"):
        for label, value, explanation in counts:
            st.metric(label, f"{number(value)}", help=explanation, border=True)


def _draw_rejects(summary: ImportSummary, on_rejects: Callable[[], bytes]) -> None:
    rejected = summary.rejected
    st.warning(
        _(
            "{rejected_count} could not be imported. Mend them in the file and import it again: rows "
            "that are here already stay as they are."
        ).format(rejected_count=count_of(summary.rejected_count, "{count} row", "{count} rows")),
        icon=":material/rule:",
    )
    rows = [
        {_("Row"): one.row, _("Field"): one.field, _("What to do"): one.message} for one in rejected[:_SHOWN_REJECTS]
    ]
    with st.expander(_("Rows that were left out"), icon=":material/list:"):
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            column_config=reject_columns(),
            alt=_("Rejected rows"),
        )
    st.download_button(
        _("Download all of them"),
        data=on_rejects,
        file_name="rejected-rows.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
