"""The card with the learning curve, its hint, and the button that makes it anew."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from hitl.domain.language import _, ngettext
from hitl.ui.figures import Drawable, draw_chart
from hitl.views.learning_curve import LearningCurveView
from hitl.views.wording import ago, plain


def draw_learning_curve(
    view: LearningCurveView,
    chart: Drawable,
    *,
    can_make: bool,
    is_busy: bool,
    now: datetime,
    on_make: Callable[[], None],
    is_allowed: bool = True,
) -> None:
    """Draw what more labels would bring; ``can_make``: a version was trained here; ``is_allowed``: for this reader."""
    st.subheader(_("Would more labels help?"), anchor=False)
    if view.is_made:
        draw_chart(chart, key="learning_curve")
        st.markdown(f":material/lightbulb: {plain(view.hint)}")
        st.caption(plain(_describe(view, now)))
    else:
        st.caption(
            _(
                "The learning curve trains the newest version's settings on a quarter of its labels, on more, and on "
                "all, and sees how right each is. It takes up to a minute, in the background."
            )
        )
    if not is_allowed:
        return
    if not can_make:
        st.caption(_("It needs a version that was trained here."))
        return
    label = _("Make it anew") if view.is_made else _("Make the learning curve")
    st.button(label, key="make_curve", icon=":material/show_chart:", disabled=is_busy, on_click=on_make)


def _describe(view: LearningCurveView, now: datetime) -> str:
    repeated = ngettext("repeated {count} time", "repeated {count} times", view.repeats).format(count=view.repeats)
    return _(
        "By cross-validation on parts of the labels of {version}, {repeated}, made {ago}: a rough estimate, since "
        "people chose what to label. The band is its 95 % range; the dashed line is only a hint."
    ).format(version=view.version_name, repeated=repeated, ago=ago(view.at, now))
