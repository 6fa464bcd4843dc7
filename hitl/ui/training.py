"""The cards of the Train page: start a training, and draw a blind test."""

from collections.abc import Callable

import streamlit as st

from hitl.domain.language import _
from hitl.ui.figures import NEW_LINE, draw_count, draw_rate, pair_of_cards
from hitl.ui.page_link import draw_page_link
from hitl.views.formatting import number
from hitl.views.training import TrainingDesk
from hitl.views.versions import VersionSummary
from hitl.views.wording import count_of, plain

COUNT_KEY = "blind_test_count"
USUAL_TEST = 50
_MOST = 1_000


def draw_staleness(desk: TrainingDesk) -> None:
    """Draw whether the newest version knows all labels."""
    news = desk.staleness
    if news.version_name is None:
        st.badge(_("No model yet"), icon=":material/model_training:", color="gray")
    elif news.is_stale:
        st.badge(
            _("{desk} since {version_name}").format(desk=describe_news(desk), version_name=plain(news.version_name)),
            icon=":material/update:",
            color="orange",
        )
    else:
        st.badge(
            _("{version_name} knows all labels").format(version_name=plain(news.version_name)),
            icon=":material/check:",
            color="green",
        )


def describe_news(desk: TrainingDesk) -> str:
    """What was said after the newest version's snapshot."""
    news = desk.staleness
    parts = []
    if news.label_count:
        parts.append(count_of(news.label_count, "{count} new or changed label", "{count} new or changed labels"))
    if news.class_count:
        parts.append(count_of(news.class_count, "{count} changed class", "{count} changed classes"))
    return _("{first} and {second}").format(first=parts[0], second=parts[1]) if len(parts) > 1 else "".join(parts)


def draw_champion(champion: VersionSummary) -> None:
    """Draw the version in use: how right it is, and on what it was trained."""
    with pair_of_cards():
        draw_rate(
            (
                _("{title}, in use: accuracy, roughly") if champion.is_relative else _("{title}, in use: accuracy")
            ).format(title=plain(champion.title)),
            champion.accuracy,
            source=champion.source_name,
            unknown=_("draw a blind test below"),
            explanation=_("Share of right answers; roughly means on labels that people chose, not on items drawn."),
        )
        if champion.label_count is not None:
            draw_count(
                _("Learned from"),
                champion.label_count,
                _("labels; none of them{new_line}is kept for testing").format(new_line=NEW_LINE),
                explanation=_("Labels in the snapshot that it was trained on."),
                icon=":material/model_training:",
            )


def draw_start(desk: TrainingDesk, *, is_busy: bool, on_start: Callable[[], None]) -> None:
    """Draw the button that starts a training, or what is missing for one."""
    st.subheader(_("Learn from the labels"), anchor=False)
    if desk.missing:
        st.info(plain(desk.missing), icon=":material/label:")
        draw_page_link("review", _("Review items"))
        return
    is_first = desk.staleness.version_name is None
    st.markdown(_describe_training(desk))
    st.button(
        _("Train a first model") if is_first else _("Retrain"),
        key="retrain",
        type="primary" if desk.staleness.is_stale else "secondary",
        icon=":material/model_training:",
        disabled=is_busy,
        on_click=on_start,
    )
    if not is_first and not desk.staleness.is_stale:
        st.caption(_("Nothing new since the last training: the same labels give the same model."))


def draw_test_labels(desk: TrainingDesk, *, on_measure: Callable[[], None]) -> None:
    """Draw which labels are kept for testing, how far a blind test is, and the button that measures with it."""
    tests = desk.tests
    st.subheader(_("Test labels"), anchor=False)
    if tests.imported_count:
        st.markdown(
            _(":material/upload_file: {imported_count} labels that came with the data are kept aside.").format(
                imported_count=number(tests.imported_count)
            )
        )
    if tests.drawn_count:
        st.markdown(
            _(":material/casino: {drawn_count} drawn for blind tests, {drawn_labelled_count} decided so far.").format(
                drawn_count=count_of(tests.drawn_count, "{count} item", "{count} items"),
                drawn_labelled_count=number(tests.drawn_labelled_count),
            )
        )
        st.progress(tests.drawn_labelled_count / tests.drawn_count)
    if tests.waiting_count:
        text = _("Review the {waiting_count} that wait").format(waiting_count=number(tests.waiting_count))
        draw_page_link("review", text)
    if desk.unmeasured_count:
        st.button(
            _("Measure with {unmeasured_count}").format(
                unmeasured_count=count_of(desk.unmeasured_count, "{count} new test label", "{count} new test labels")
            ),
            key="measure",
            icon=":material/straighten:",
            on_click=on_measure,
        )


def draw_blind_test(desk: TrainingDesk, *, on_draw: Callable[[], None]) -> None:
    """Draw what a blind test is, and the button that draws one."""
    st.caption(
        _(
            "A blind test draws items at random and asks people without showing the model's answer. "
            "Its labels are kept for measuring only: no version ever learns from them, so the "
            "accuracy is honest."
        )
    )
    _draw_button(desk, on_draw=on_draw)


def _draw_button(desk: TrainingDesk, *, on_draw: Callable[[], None]) -> None:
    if not desk.unanswered_count:
        st.caption(_("Every item has an answer by people or by import, so there is nothing left to draw from."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            _("Items to draw"), min_value=1, max_value=_MOST, value=USUAL_TEST, step=10, key=COUNT_KEY, width=150
        )
        st.button(_("Draw a blind test"), key="draw_test", icon=":material/casino:", on_click=on_draw)


def _describe_training(desk: TrainingDesk) -> str:
    labels = count_of(desk.label_count, "{count} label", "{count} labels")
    if desk.staleness.version_name is None:
        return _("It learns from {labels} and begins to answer at once.").format(labels=labels)
    return _("It learns from {labels}. The model in use stays until you promote the new one.").format(labels=labels)
