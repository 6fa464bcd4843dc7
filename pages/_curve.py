"""How right the versions are and what more labels would bring, on the Versions page; the curve is made by a job."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from hitl import charts
from hitl.access import may
from hitl.charts import Palette, draw_progress
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.ui.figures import draw_chart, two_halves
from hitl.ui.learning_curve import draw_learning_curve
from hitl.ui.page_link import draw_page_link
from hitl.views.jobs import JobView
from hitl.views.learning_curve import LearningCurveView, read_learning_curve
from hitl.views.versions import VersionSummary, read_points
from pages._jobs import submit
from pages._session import PageContext, acting, renew


def draw_course(page: PageContext, versions: Sequence[VersionSummary], palette: Palette, job: JobView | None) -> None:
    """The versions one after the other, where there are several, beside the learning curve, for who may make it."""
    halves = two_halves()
    if len(versions) > 1:
        with halves.cell(), st.container(border=True, height="stretch"):
            st.subheader(_("Accuracy so far"), anchor=False)
            draw_chart(draw_progress(read_points(page.db), palette), key="versions_progress")
            draw_page_link("compare", _("Compare two versions"), icon=":material/compare_arrows:")
    curve = read_learning_curve(page.db, versions)
    if curve.is_made or may(page.actor, Permission.TRAIN):
        with halves.cell(), st.container(border=True, height="stretch"):
            draw_curve(page, versions, curve, palette, is_busy=bool(job and job.is_live))


def draw_curve(
    page: PageContext, versions: Sequence[VersionSummary], view: LearningCurveView, palette: Palette, *, is_busy: bool
) -> None:
    """The card of the learning curve."""
    newest = next((one for one in versions if one.version.kind == "trained"), None)
    draw_learning_curve(
        view,
        charts.draw_learning_curve(view, palette),
        can_make=newest is not None,
        is_allowed=may(page.actor, Permission.TRAIN),
        is_busy=is_busy,
        now=page.now,
        on_make=partial(make, newest.version.id if newest else 0),
    )


def make(version_id: int) -> None:
    """A callback: ask for the curve of that version's settings."""
    with acting() as page:
        submit(page, page.slug, "curve", {"version_id": version_id}, request=f"curve.{version_id}")
        renew(f"curve.{version_id}")
