"""The figures at the top of the first page."""

import streamlit as st

from hitl.domain.language import _, later, ngettext
from hitl.ui.figures import NEW_LINE, draw_count, draw_rate, pair_of_cards, two_halves
from hitl.ui.page_link import draw_page_link
from hitl.views.formatting import number
from hitl.views.labels import FEWEST_LABELS, count_learnable
from hitl.views.overview import Overview, Progress
from hitl.views.wording import count_of, percent, plain

_RELATIVE = later(
    "Share of right answers by cross-validation: each label is answered by a model that has "
    "not seen it. People chose what to label, so it may be far off for all items. A blind "
    "test says that: a lead draws it on Train."
)


def draw_figures(view: Overview) -> None:
    """Draw what waits, what was answered by whom, and how right the model is; notes of two lines keep cards level."""
    with two_halves():
        with pair_of_cards():
            _draw_waiting(view)
            _draw_accepted(view)
        with pair_of_cards():
            _draw_people(view)
            _draw_accuracy(view)


def draw_state(progress: Progress) -> None:
    """Draw whether the model is up to date, as a badge; nothing while there is none."""
    if progress.champion is None:
        return
    if progress.staleness.is_stale:
        st.badge(_("New labels since the last training"), icon=":material/update:", color="orange")
    elif progress.challenger:
        st.badge(
            _("{title} waits for a decision").format(title=plain(progress.challenger.title)),
            icon=":material/person:",
            color="orange",
        )
    else:
        st.badge(_("The model knows all labels"), icon=":material/check:", color="green")


def draw_first_model(view: Overview) -> None:
    """Draw how far the labels are from a first model."""
    missing = view.progress.missing
    count = count_learnable(view.classes)
    if missing is None:
        st.markdown(
            _("There are enough labels for a first model. It answers what it is sure of; people decide the rest.")
        )
        draw_page_link("train", _("Train a first model"))
        return
    st.markdown(plain(missing))
    st.progress(
        min(1.0, count / FEWEST_LABELS),
        text=_("{count} of the {fewest_labels} labels for a first model").format(
            count=number(count), fewest_labels=FEWEST_LABELS
        ),
    )
    draw_page_link("review", _("Review items"))


def _draw_waiting(view: Overview) -> None:
    waiting, drawn = view.progress.waiting_count, view.progress.drawn_count
    draw_count(
        _("Waiting for review"),
        waiting,
        _("{waiting} left to people{new_line}{drawn} to check the model").format(
            waiting=number(waiting - drawn), new_line=NEW_LINE, drawn=number(drawn)
        ),
        explanation=_("Items that the model leaves to people. Items with the same content count once."),
        icon=":material/group:",
    )


def _draw_accepted(view: Overview) -> None:
    share = _("{accepted_rate} of {item_count}").format(
        accepted_rate=percent(view.accepted_rate or 0.0),
        item_count=count_of(view.progress.item_count, "{count} item", "{count} items"),
    )
    has_model = view.progress.champion is not None
    draw_count(
        _("Answered by the model"),
        view.accepted_count,
        _("{share}{new_line}people decide the rest").format(share=share, new_line=NEW_LINE)
        if has_model
        else _("no model yet{new_line}people decide everything").format(new_line=NEW_LINE),
        explanation=_("Items whose confidence reached the threshold; the model's answer was accepted automatically."),
        icon=":material/smart_toy:",
    )


def _draw_people(view: Overview) -> None:
    draw_count(
        _("Answered by people"),
        view.people_count,
        ngettext(
            "and {count} label{new_line}came with the data",
            "and {count} labels{new_line}came with the data",
            view.imported_count,
        ).format(count=number(view.imported_count), new_line=NEW_LINE),
        explanation=_("Items that a person has decided, in review or as a correction."),
        icon=":material/how_to_reg:",
    )


def _draw_accuracy(view: Overview) -> None:
    champion = view.progress.champion
    is_relative = bool(champion and champion.is_relative)
    draw_rate(
        _("Model accuracy, roughly") if is_relative else _("Model accuracy"),
        champion.accuracy if champion else None,
        source=champion.source_name if champion else "",
        unknown=_("a blind test is missing") if champion else _("no model yet"),
        explanation=_(_RELATIVE) if is_relative else _("Share of right answers on labels kept for testing only."),
    )
