"""Every model version with its measurements and recipe; promote one, or roll back."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.charts import HIGHEST_CLASS_COUNT, Palette, draw_confusion, draw_reliability, pick_palette
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.ui.figures import draw_empty
from hitl.ui.heading import draw_heading
from hitl.ui.version_list import draw_promotions, draw_versions
from hitl.ui.version_panel import VersionCharts, draw_version
from hitl.views.versions import (
    VersionSummary,
    list_version_summaries,
    read_promotions,
    read_version_before,
    read_version_detail,
)
from hitl.views.wording import plain
from pages._curve import draw_course
from pages._jobs import follow
from pages._promotion import name_request, return_to, take_over
from pages._session import PageContext, open_page

TABLE_KEY = "versions_table"


def main() -> None:
    page = open_page()
    versions = list_version_summaries(page.db)
    draw_header(page, versions)
    if not versions:
        text = _("A version appears here after the first training, or with an import of an existing model's answers.")
        draw_empty(_("No versions yet"), text, page="train", link=_("Train a first model"), icon="model_training")
        return
    job = follow(page, page.slug, "promote", "roll_back", "curve")
    palette = pick_palette(st.context.theme.type)
    draw_course(page, versions, palette, job)
    draw_versions(versions, key=TABLE_KEY, now=page.now, on_pick=pick)
    draw_detail(page, versions, palette)
    with st.container(border=True):
        st.subheader(_("Who was in charge"), anchor=False)
        draw_promotions(read_promotions(page.db, people=page.people), now=page.now)


def draw_header(page: PageContext, versions: tuple[VersionSummary, ...]) -> None:
    with draw_heading(_("Versions")):
        before = read_version_before(page.db)
        if before and may(page.actor, Permission.PROMOTE):
            label = _("Roll back to {name}").format(name=plain(before.version.name))
            args = (f"rollback.{sum(version.promotion_count for version in versions)}", before.version.id)
            st.button(label, key="roll_back", icon=":material/history:", on_click=return_to, args=args)


def draw_detail(page: PageContext, versions: tuple[VersionSummary, ...], palette: Palette) -> None:
    asked = st.query_params.get("version", "")
    chosen = next((one for one in versions if str(one.version.id) == asked), None)
    chosen = chosen or next((one for one in versions if one.is_champion), versions[0])
    detail = read_version_detail(page.db, page.folder, chosen.version.id, people=page.people)
    if detail:
        confusion = partial(draw_confusion, palette=palette)
        charts = VersionCharts(confusion, partial(draw_reliability, palette=palette), HIGHEST_CLASS_COUNT)
        promote = partial(take_over, name_request(chosen)) if may(page.actor, Permission.PROMOTE) else None
        draw_version(detail, charts, now=page.now, on_promote=promote)


def pick(ids: tuple[int, ...]) -> None:
    rows = st.session_state[TABLE_KEY]["selection"]["rows"]
    if rows:
        st.query_params["version"] = str(ids[rows[0]])


main()
