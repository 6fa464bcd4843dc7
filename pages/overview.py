"""How the project stands, and what to do next."""

import streamlit as st

from hitl.charts import draw_class_counts, draw_histogram, pick_palette
from hitl.domain.language import _
from hitl.ui.activity import draw_activity, draw_steps, draw_trend
from hitl.ui.backups import draw_backups
from hitl.ui.figures import draw_chart, draw_empty, two_halves
from hitl.ui.heading import draw_heading
from hitl.ui.labels_card import draw_class_card
from hitl.ui.overview import draw_figures, draw_first_model, draw_state
from hitl.views.backups import read_backup_note
from hitl.views.histogram import read_histogram
from hitl.views.overview import Overview, read_overview
from hitl.views.wording import plain
from pages._session import PageContext, open_page


def main() -> None:
    page = open_page()
    view = read_overview(page.db, names=page.people, now=page.now)
    palette = pick_palette(st.context.theme.type)
    draw_header(page, view)
    if not view.progress.item_count:
        draw_empty(
            _("No items yet"), _("Import a file to begin."), page="import_", link=_("Import"), icon="upload_file"
        )
        return
    draw_steps(view.steps)
    draw_figures(view)
    halves = two_halves()
    with halves, st.container(border=True, height="stretch"):
        st.subheader(_("How sure the model is"), anchor=False)
        if view.progress.champion is None:
            draw_first_model(view)
        else:
            chart = draw_histogram(read_histogram(page.db), palette, height=150)
            draw_chart(chart, key="overview_histogram")
            st.caption(
                _("{title} on all items. {note}").format(title=plain(view.progress.champion.title), note=chart.note)
            )
    with halves:
        chart = draw_class_counts(view.classes, palette)
        draw_class_card(chart, view.classes, key="overview_classes", height="stretch")
    with st.container(border=True):
        st.subheader(_("Recent activity"), anchor=False)
        draw_trend(view.daily_counts)
        draw_activity(view.activity, now=page.now)


def draw_header(page: PageContext, view: Overview) -> None:
    with draw_heading(page.project.name):
        draw_state(view.progress)
    if page.project.guide:
        st.caption(plain(page.project.guide))
    draw_backups(read_backup_note(page.tandem, page.actor, now=page.now))


main()
