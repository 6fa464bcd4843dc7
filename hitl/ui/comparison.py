"""Two versions side by side: choose them, how they differ, item by item."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from hitl.domain.language import _, ngettext
from hitl.ui.figures import draw_card, draw_rate
from hitl.ui.page_link import draw_page_link
from hitl.views.comparison import Comparison, Flip, PairedRow
from hitl.views.formatting import number, percent_pattern
from hitl.views.measures import STANDS_OUT, explain_few_cells, few_cell
from hitl.views.versions import VersionSummary
from hitl.views.wording import SOURCE_NAMES, interval, percent, plain, signed_points

OLD_KEY, NEW_KEY, SOURCE_KEY, FLIP_PAGE_KEY = "compare_old", "compare_new", "compare_source", "compare_flip_page"
FLIPS_A_PAGE = 50
_TALL = 12
_ROW_HEIGHT = 35


def flip_names() -> dict[str, str]:
    """What became of a test item, in words."""
    return {
        "newly_wrong": _("newly wrong"),
        "fixed": _("now right"),
        "both_wrong": _("wrong before and after"),
    }


def draw_choice(
    versions: Sequence[VersionSummary],
    old: VersionSummary,
    new: VersionSummary,
    *,
    on_choose: Callable[[], None],
) -> None:
    """Draw the two fields in which the versions are chosen."""
    titles = {str(one.version.id): _describe(one) for one in versions}
    ids = list(titles)
    with st.grid(2, min_column_width=280, gap="small"):
        for label, key, chosen in ((_("From"), OLD_KEY, old), (_("To"), NEW_KEY, new)):
            place = ids.index(str(chosen.version.id))
            st.selectbox(label, ids, index=place, key=key, format_func=lambda one: titles[one], on_change=on_choose)


def pick_source(comparison: Comparison) -> str | None:
    """Draw which test labels are used; the source chosen."""
    if comparison.source is None:
        return None
    if len(comparison.source_counts) == 1:
        st.caption(_("Measured on: {source}").format(source=SOURCE_NAMES[comparison.source]))
        return comparison.source
    chosen: str = st.segmented_control(
        _("Measured on"),
        list(comparison.source_counts),
        default=comparison.source,
        required=True,
        format_func=lambda one: f"{SOURCE_NAMES[one]} ({number(comparison.source_counts[one])})",
        key=SOURCE_KEY,
    )
    return chosen


def draw_overall(comparison: Comparison) -> None:
    """Draw both accuracies, their difference with its interval, and what it rests on."""
    row = comparison.overall
    if row is None or comparison.source is None:
        return
    source = SOURCE_NAMES[comparison.source]
    with st.grid(3, min_column_width=150, gap="small"):
        for summary, rate in ((comparison.old, row.old), (comparison.new, row.new)):
            draw_rate(
                _("Accuracy of {name}").format(name=plain(summary.title)),
                rate,
                source=source,
                unknown="",
                explanation=_("Share of right answers on the same test labels."),
            )
        _draw_difference(row)
    fixed, wrong = row.difference.fixed, row.difference.newly_wrong
    same = row.label_count - fixed - wrong
    st.markdown(
        f":green-badge[:material/check: {number(fixed)} {_('now right')}] "
        f":red-badge[:material/close: {number(wrong)} {_('newly wrong')}] "
        + _("{count} right or wrong in both.").format(count=number(same))
    )


def _draw_difference(row: PairedRow) -> None:
    found = row.difference
    draw_card(
        _("Difference in points"),
        signed_points(found.value),
        _("95 % range {low} to {high}  \n{judgement}").format(
            low=signed_points(found.low), high=signed_points(found.high), judgement=judge(row)
        ),
        explanation=_(
            "How much more often the second one is right; the range is Tango's for pairs. Whether it can be chance "
            "is judged by itself, on the labels where only one is right: with few of them it can be, even where "
            "the range leaves out zero."
        ),
    )


def judge(row: PairedRow) -> str:
    """Whether the difference can be chance, in a few words."""
    if row.chance is None:
        return _("no label on which one is right and the other wrong")
    if row.chance >= STANDS_OUT:
        return _("can be chance")
    return _("more than chance: better") if row.difference.value > 0 else _("more than chance: worse")


def draw_missing(comparison: Comparison, *, is_busy: bool, on_answer: Callable[[], None] | None) -> None:
    """Draw that test labels lack an answer of one version, and the button that lets both answer them, for who may."""
    if comparison.missing_count:
        text = ngettext(
            "{count} test label has no answer of one of them yet: its predictions were removed.",
            "{count} test labels have no answer of one of them yet: its predictions were removed.",
            comparison.missing_count,
        ).format(count=number(comparison.missing_count))
        st.info(text, icon=":material/help:")
        if on_answer is None:
            return
        st.button(
            _("Let both answer all test labels"),
            key="compare_answer",
            icon=":material/compare_arrows:",
            disabled=is_busy,
            on_click=on_answer,
        )
    elif comparison.overall is None:
        st.info(
            _(
                "There are no test labels that both have answered, so neither can be called better. A blind test gives "
                "some: a lead draws it on Train, and people review it."
            ),
            icon=":material/casino:",
        )
        draw_page_link("train", _("Go to Train"))


def draw_rows(rows: Sequence[PairedRow], comparison: Comparison, *, key: str, first: str) -> None:
    """Draw a table of classes or slices; ``first`` heads the column of their names."""
    if not rows:
        st.caption(_explain_looks(0, 0))
        return
    needed = comparison.needed_count
    st.dataframe(
        pd.DataFrame([_row(one, needed) for one in rows]).dropna(axis="columns", how="all"),
        hide_index=True,
        key=key,
        height="content" if len(rows) <= _TALL else 420,
        column_config={
            "Column": st.column_config.TextColumn(_("Column"), width=100),
            "Name": st.column_config.TextColumn(first, width=130, pinned=True),
            "Old": _share(plain(comparison.old.title)),
            "New": _share(plain(comparison.new.title)),
            "Difference": st.column_config.TextColumn(_("Difference in points, 95 % range"), width=190),
            "Labels": st.column_config.NumberColumn(_("Labels"), width=70),
            "Fixed": st.column_config.NumberColumn(_("Now right"), width=80),
            "Wrong": st.column_config.NumberColumn(_("Newly wrong"), width=100),
            "Judgement": st.column_config.TextColumn(_("Chance?"), width=170),
        },
        placeholder="—",
        alt=_("Both versions compared part by part"),
    )
    few = explain_few_cells((row.label_count for row in rows), needed)
    st.caption(f"{_explain_looks(sum(row.label_count >= needed for row in rows), len(rows))} {few}".strip())


def draw_flips(comparison: Comparison, *, slug: str, make_csv: Callable[[], bytes] | None) -> None:
    """Draw the test items that the two answer differently, a page at a time with links; for who may, all as a file."""
    flips = comparison.flips
    if not flips:
        none = _("There are no test labels that both have answered.")
        st.caption(_("They answer every test item alike.") if comparison.overall else none)
        return
    pages = -(-len(flips) // FLIPS_A_PAGE)
    page = min(int(st.session_state.get(FLIP_PAGE_KEY, 1)), pages)
    shown = flips[(page - 1) * FLIPS_A_PAGE : page * FLIPS_A_PAGE]
    names = flip_names()
    st.dataframe(
        pd.DataFrame([_flip(one, names, slug) for one in shown]),
        hide_index=True,
        key="compare_flips",
        height=min(len(shown) + 1, _TALL) * _ROW_HEIGHT + 3,
        column_config=_answer_columns(comparison),
        alt=_("Test items that the two versions answer differently"),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if pages > 1:
            st.pagination(pages, key=FLIP_PAGE_KEY)
        if make_csv is not None:
            _draw_download(len(flips), slug, make_csv)


def _draw_download(count: int, slug: str, make_csv: Callable[[], bytes]) -> None:
    st.download_button(
        _("Download all {count}").format(count=number(count)),
        data=make_csv,
        file_name=f"{slug}-changed-answers.csv",
        mime="text/csv",
        key="compare_csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _explain_looks(looked: int, count: int) -> str:
    if not looked:
        return _(
            "None of them has test labels enough yet. Another blind test gives more: a lead draws it on Train, and "
            "people review it."
        )
    return _(
        "{looked} of {count} have labels enough. Whether a difference is more than chance is judged for all of "
        "them together (Holm); the ranges are those of each alone."
    ).format(looked=number(looked), count=number(count))


def link_to_item(slug: str, external_id: str) -> str:
    """The address of an item on the Explore page, beside this one."""
    return f"explore?{urlencode({'project': slug, 'item': external_id})}"


def _answer_columns(comparison: Comparison) -> dict[str, Any]:
    return {
        "Item": st.column_config.TextColumn(_("Item"), width=130),
        "Open": st.column_config.LinkColumn("", display_text=_("open"), width=60),
        "What": st.column_config.TextColumn(_("What became of it"), width=150),
        "Label": st.column_config.TextColumn(_("Label")),
        "Old": st.column_config.TextColumn(plain(comparison.old.title)),
        "Old sure": st.column_config.NumberColumn(_("Sure"), format=percent_pattern(), width=70),
        "New": st.column_config.TextColumn(plain(comparison.new.title)),
        "New sure": st.column_config.NumberColumn(_("Sure"), format=percent_pattern(), width=70),
    }


def _flip(one: Flip, names: dict[str, str], slug: str) -> dict[str, object]:
    return {
        "Item": one.external_id,
        "Open": link_to_item(slug, one.external_id),
        "What": names[one.kind],
        "Label": one.label,
        "Old": one.old_answer,
        "Old sure": _in_percent(one.old_confidence),
        "New": one.new_answer,
        "New sure": _in_percent(one.new_confidence),
    }


def _in_percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _row(one: PairedRow, needed: int) -> dict[str, object]:
    named: dict[str, object] = {"Column": one.kind, "Name": one.name} if one.kind else {"Name": one.name}
    is_known = one.label_count >= needed
    return {
        **named,
        "Difference": _range(one) if is_known else few_cell(one.label_count, needed),
        "Judgement": judge(one) if is_known else None,
        "Old": one.old.value * 100 if is_known else None,
        "New": one.new.value * 100 if is_known else None,
        "Fixed": one.difference.fixed,
        "Wrong": one.difference.newly_wrong,
        "Labels": one.label_count,
    }


def _range(one: PairedRow) -> str:
    found = one.difference
    return f"{signed_points(found.value)} ({signed_points(found.low)} … {signed_points(found.high)})"


def _share(name: str) -> Any:
    return st.column_config.ProgressColumn(name, format=percent_pattern(1), min_value=0, max_value=100, color="primary")


def _describe(one: VersionSummary) -> str:
    parts = [one.title]
    if one.is_champion:
        parts.append(_("in use"))
    if one.accuracy:
        parts.append(f"{percent(one.accuracy.value, 1)} ({interval(one.accuracy)})")
    return " · ".join(parts)
