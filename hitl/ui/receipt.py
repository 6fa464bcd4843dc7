"""The newest version against the model in use: what changes, what was measured, and the decision."""

from collections.abc import Callable

import streamlit as st

from hitl.domain.language import _, ngettext
from hitl.ui.figures import draw_count, draw_rate
from hitl.ui.page_link import draw_page_link
from hitl.views.formatting import number
from hitl.views.receipt import MAY_BE_CHANCE, Receipt
from hitl.views.second_look import describe_sent
from hitl.views.versions import VersionDetail, VersionSummary
from hitl.views.wording import count_of, percent, plain, rate_text, signed_points


def draw_receipt(receipt: Receipt) -> None:
    """Draw what the newest version changes against the one in use."""
    ours, theirs = receipt.version, receipt.champion
    st.subheader(_("{new} against {old}").format(new=plain(ours.title), old=plain(theirs.title)), anchor=False)
    with st.grid(3, min_column_width=150, gap="small"):
        for version, rate in ((ours, receipt.challenger_accuracy), (theirs, receipt.champion_accuracy)):
            draw_rate(
                _("Accuracy of {title}").format(title=plain(version.title)),
                rate,
                source=receipt.source_name,
                unknown=_("no test labels that both answered"),
                explanation=_("Share of right answers on test labels that neither version has learned from."),
            )
        _draw_changes(receipt)
    st.markdown(_describe_flips(receipt))
    if receipt.challenger_accuracy is None:
        st.caption(_describe_relative(receipt))
    if receipt.sent_back_count:
        st.markdown(f":material/assignment_return: {describe_sent(receipt.sent_back_count)}")
    draw_page_link("compare", _("Compare them class by class, item by item"), icon=":material/compare_arrows:")


def draw_promotion(
    version: VersionSummary, *, key: str, reason: str, on_promote: Callable[[int, str], None], text_below: str = ""
) -> None:
    """Draw the place to promote a version; ``on_promote`` is a callback with its id and the text field's key."""
    field = f"{key}_reason"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(_("Why"), value=reason, key=field, max_chars=500, help=_("The team reads it in the history."))
        st.button(
            _("Promote {name}").format(name=plain(version.version.name)),
            key=key,
            type="primary",
            icon=":material/military_tech:",
            on_click=on_promote,
            args=(version.version.id, field),
        )
    if text_below:
        st.caption(text_below)


def explain_promotion(detail: VersionDetail) -> str:
    """What promoting the version will do first."""
    if not detail.unpredicted_count:
        return _("It answers at once from now on; every item is routed anew. You can roll back at any time.")
    return _("It first answers {unpredicted_count} in the background, then takes over.").format(
        unpredicted_count=count_of(detail.unpredicted_count, "{count} item", "{count} items")
    )


def _draw_changes(receipt: Receipt) -> None:
    share = percent(receipt.changed_count / receipt.item_count, 1) if receipt.item_count else ""
    draw_count(
        _("Answers that change"),
        receipt.changed_count,
        _("{share} of {item_count}").format(
            share=share, item_count=count_of(receipt.item_count, "{count} item", "{count} items")
        )
        if share
        else "",
        explanation=_("Items for which the two versions give different classes."),
        icon=":material/compare_arrows:",
    )


def _describe_flips(receipt: Receipt) -> str:
    if not receipt.test_label_count:
        return _("There are no test labels yet that both versions have answered, so neither can be called better.")
    found = ngettext(
        "On {count} test label the new version gets :green-badge[:material/check: {fixed} more right] and "
        ":red-badge[:material/close: {wrong} newly wrong].",
        "On {count} test labels the new version gets :green-badge[:material/check: {fixed} more right] and "
        ":red-badge[:material/close: {wrong} newly wrong].",
        receipt.test_label_count,
    ).format(
        count=number(receipt.test_label_count),
        fixed=number(receipt.fixed_count),
        wrong=number(receipt.newly_wrong_count),
    )
    return " ".join(filter(None, (found, _describe_difference(receipt), _judge_flips(receipt))))


def _describe_difference(receipt: Receipt) -> str:
    found = receipt.difference
    if found is None:
        return ""
    return _("Its accuracy changes by {value} points (95 % range {low} to {high}).").format(
        value=signed_points(found.value), low=signed_points(found.low), high=signed_points(found.high)
    )


def _judge_flips(receipt: Receipt) -> str:
    if receipt.chance is None:
        return _("They are right and wrong on the same items.")
    if receipt.chance < MAY_BE_CHANCE:
        return ""
    return _("So small a difference can be chance: more test labels would tell.")


def _describe_relative(receipt: Receipt) -> str:
    return _(
        "Each version was checked on its own labels, so these rough estimates can't be compared "
        "strictly: {new} {new_accuracy}; {old} {old_accuracy}. A blind test "
        "(below) compares them on the same items."
    ).format(
        new=plain(receipt.version.title),
        new_accuracy=rate_text(receipt.challenger_relative),
        old=plain(receipt.champion.title),
        old_accuracy=rate_text(receipt.champion_relative),
    )
