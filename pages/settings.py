"""When the model answers, which classes there are, what reviewers read, and exports."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.charts import draw_threshold, pick_palette
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.ui.class_editor import draw_guide_form
from hitl.ui.exports import draw_exports
from hitl.ui.figures import draw_chart, two_halves
from hitl.ui.heading import draw_heading
from hitl.ui.parts import draw_parts
from hitl.ui.policy_form import draw_meaning, draw_policies, draw_policy_rest, draw_save, draw_threshold_slider
from hitl.views.exports import make_export
from hitl.views.settings_policy import read_policies, read_policy, read_preview
from hitl.views.versions import has_champion
from pages._classes import draw_classes
from pages._downloads import made_then
from pages._encoder import draw_reading
from pages._hidden import draw_hidden_fields
from pages._jobs import follow
from pages._project_life import draw_life, keep_guide
from pages._routing import keep_policy
from pages._second_look import draw_rule
from pages._session import PageContext, open_page


def main() -> None:
    page = open_page()
    draw_heading(_("Settings"))
    parts = [
        (_("When the model answers"), Permission.SET_POLICY, draw_routing),
        (_("Classes"), Permission.MANAGE, draw_classes),
        (_("Project"), Permission.MANAGE, draw_project),
        (_("Hidden fields"), Permission.MANAGE, draw_hidden_fields),
        (_("Export"), Permission.EXPORT, draw_export),
    ]
    shown = [(title, partial(draw, page)) for title, permission, draw in parts if may(page.actor, permission)]
    draw_parts(shown, key="settings_part")


def draw_project(page: PageContext) -> None:
    draw_guide_form(page.project, slug=page.slug, on_save=keep_guide)
    draw_life(page)


def draw_export(page: PageContext) -> None:
    make = made_then(page, partial(make_export, page.data_dir, page.slug))
    draw_exports(page.slug, has_model=has_champion(page.db), make=make)


def draw_routing(page: PageContext) -> None:
    policy = read_policy(page.db)
    follow(page, page.slug, "reroute")
    halves = two_halves()
    with halves, st.container(border=True, height="stretch"):
        threshold = draw_threshold_slider(policy, slug=page.slug)
        draft = draw_policy_rest(policy, slug=page.slug, threshold=threshold)
        draw_save(draft, policy, on_save=keep_policy)
    with halves, st.container(border=True, height="stretch"):
        st.subheader(_("What this means"), anchor=False)
        preview = read_preview(page.db, threshold)
        draw_meaning(preview)
        if preview.item_count:
            draw_chart(draw_threshold(preview, pick_palette(st.context.theme.type)), key="threshold_chart")
    draw_policies(read_policies(page.db, people=page.people), now=page.now)
    draw_rule(page)
    draw_reading(page)


main()
