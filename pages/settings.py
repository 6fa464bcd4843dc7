"""When the model answers, which classes there are, what reviewers read, and exports."""

from functools import partial

import streamlit as st

from hitl.charts import draw_threshold, pick_palette
from hitl.domain.language import _
from hitl.ui.class_editor import draw_guide_form
from hitl.ui.exports import draw_exports
from hitl.ui.figures import draw_chart, two_halves
from hitl.ui.heading import draw_heading
from hitl.ui.policy_form import (
    draw_meaning,
    draw_policies,
    draw_policy_rest,
    draw_save,
    draw_threshold_slider,
)
from hitl.views.exports import make_export
from hitl.views.settings_policy import read_policies, read_policy, read_preview
from hitl.views.versions import has_champion
from pages._classes import draw_classes
from pages._jobs import follow
from pages._project_life import draw_life, keep_guide
from pages._routing import keep_policy
from pages._session import PageContext, open_page


def main() -> None:
    page = open_page()
    draw_heading(_("Settings"))
    routing, classes, project, exports = st.tabs([_("When the model answers"), _("Classes"), _("Project"), _("Export")])
    with routing:
        draw_routing(page)
    with classes:
        draw_classes(page)
    with project:
        draw_guide_form(page.project, slug=page.slug, on_save=keep_guide)
        draw_life(page)
    with exports:
        make = partial(make_export, page.data_dir, page.slug, actor=page.actor)
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


main()
