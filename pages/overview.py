"""How the project stands, and what to do next."""

import streamlit as st

from hitl.charts import draw_class_counts, draw_histogram, pick_palette
from hitl.ui.activity import draw_activity, draw_steps
from hitl.ui.figures import draw_chart, draw_count, draw_empty, draw_rate
from hitl.views.explore import read_histogram
from hitl.views.overview import Overview, read_overview
from hitl.views.wording import count_of, percent, plain
from pages._session import PageContext, open_page


def main() -> None:
    page = open_page()
    view = read_overview(page.db, names=page.people, now=page.now)
    palette = pick_palette(st.context.theme.type)
    draw_header(page, view)
    draw_figures(view)
    if not view.progress.item_count:
        draw_empty("No items yet", "Import a CSV file to begin.", page="import_", link="Import", icon="upload_file")
        return
    left, right = st.columns([1.25, 1], gap="small")
    with left, st.container(border=True, height="stretch"):
        st.subheader("How sure the model is", anchor=False)
        if view.progress.champion is None:
            st.caption("No model yet. It appears here after the first training.")
        else:
            draw_chart(draw_histogram(read_histogram(page.db), palette), key="overview_histogram")
            st.caption(f"{plain(view.progress.champion.title)} on all items; the dashed line is the threshold.")
    with right, st.container(border=True, height="stretch"):
        st.subheader("Labels by class", anchor=False)
        draw_chart(draw_class_counts(view.classes, palette), key="overview_classes")
    with st.container(border=True):
        st.subheader("Recent activity", anchor=False)
        draw_activity(view.activity, now=page.now)


def draw_header(page: PageContext, view: Overview) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(plain(page.project.name), anchor=False, width="content")
        if view.progress.champion and view.progress.staleness.is_stale:
            st.badge("New labels since the last training", icon=":material/update:", color="orange")
        elif view.progress.champion:
            st.badge("The model knows all labels", icon=":material/check:", color="green")
    if page.project.guide:
        st.markdown(plain(page.project.guide))
    draw_steps(view.steps)


def draw_figures(view: Overview) -> None:
    champion = view.progress.champion
    with st.grid(4, min_column_width=200, gap="small"):
        drawn = view.progress.drawn_count
        draw_count(
            "Waiting for review",
            view.progress.waiting_count,
            f"{drawn:,} of them drawn at random" if drawn else "decisions for people",
            explanation="Items that the model leaves to people. Items with the same content count once.",
            icon=":material/group:",
        )
        rate = view.accepted_rate
        draw_count(
            "Answered by the model",
            view.accepted_count,
            f"{percent(rate)} of {count_of(view.progress.item_count, 'item')}" if rate is not None else "",
            explanation="Items whose confidence reached the threshold; the model's answer was accepted automatically.",
            icon=":material/smart_toy:",
        )
        draw_count(
            "Answered by people",
            view.people_count,
            f"{view.imported_count:,} more labels came with the data" if view.imported_count else "labels given here",
            explanation="Items that a person has decided, in review or as a correction.",
            trend=view.daily_counts if sum(map(bool, view.daily_counts)) > 1 else (),
            icon=":material/how_to_reg:",
        )
        draw_rate(
            "Model accuracy",
            champion.accuracy if champion else None,
            source=champion.source_name if champion else "",
            unknown="draw a blind test on the Train page" if champion else "train a first model",
            explanation="Share of answers that are right, on labels the model has not learned from.",
        )


main()
