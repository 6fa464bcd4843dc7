"""Train on the labels so far, compare the new version with the model in use, and draw blind tests."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.charts import draw_class_counts, pick_palette
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.ui.figures import draw_empty, two_halves
from hitl.ui.heading import draw_heading
from hitl.ui.labels_card import draw_class_card
from hitl.ui.training import draw_blind_test, draw_champion, draw_staleness, draw_start, draw_test_labels
from hitl.ui.where_it_pays import draw_where_it_pays
from hitl.views.jobs import JobView
from hitl.views.training import TrainingDesk, read_training
from pages._blind_tests import draw_test, measure
from pages._jobs import follow, submit
from pages._promotion import draw_decision
from pages._second_look import draw_card as draw_second_look
from pages._session import PageContext, acting, open_page
from pages._triggers import draw as draw_triggers


def main() -> None:
    page = open_page()
    desk = read_training(page.db)
    with draw_heading(_("Train")):
        draw_staleness(desk)
    if not desk.item_count:
        parts = {"page": "import_", "link": _("Import"), "icon": "upload_file"}
        draw_empty(_("No items yet"), _("Import a file to begin."), **parts)
        return
    job = follow(page, page.slug, "train", "promote", "roll_back")
    if desk.receipt and not (job and job.is_live):
        draw_decision(page, desk.receipt)
    elif desk.champion:
        draw_champion(desk.champion)
    draw_cards(page, desk, job)


def draw_cards(page: PageContext, desk: TrainingDesk, job: JobView | None) -> None:
    halves = two_halves()
    with halves.cell():
        with st.container(border=True):
            on_start = partial(start, f"train.{job.job.id if job else 0}")
            draw_start(desk, is_busy=bool(job and job.is_live), on_start=on_start)
        draw_second_look(page)
        with st.container(border=True):
            draw_test_labels(desk, on_measure=partial(measure, desk.measurable_ids))
            if may(page.actor, Permission.SET_POLICY):
                draw_blind_test(desk, on_draw=partial(draw_test, f"draw.{desk.tests.drawn_count}"))
    with halves.cell():
        chart = draw_class_counts(desk.classes, pick_palette(st.context.theme.type))
        with st.container(border=True):
            draw_where_it_pays(desk.pays)
        draw_class_card(chart, desk.classes, key="train_classes")
        with st.container(border=True):
            draw_triggers(page)


def start(request: str) -> None:
    with acting() as page:
        submit(page, page.slug, "train", {}, request=request)


main()
