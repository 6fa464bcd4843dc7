"""Any two versions side by side: accuracy, classes, slices, labels learned from, and the items that changed."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.ui.comparison import (
    draw_choice,
    draw_flips,
    draw_missing,
    draw_overall,
    draw_rows,
    flip_names,
    pick_source,
)
from hitl.ui.figures import draw_empty
from hitl.ui.heading import draw_heading
from hitl.ui.snapshot_changes import draw_changed_answers, draw_label_changes, draw_recipe_changes
from hitl.views.changed_answers import read_changed_answers, write_flips
from hitl.views.comparison import Comparison, pick_versions, read_comparison
from hitl.views.snapshot_changes import list_recipe_changes, read_snapshot_changes
from pages._compare import answer, choose, chosen_source, look_further, looked_after
from pages._downloads import made_then
from pages._jobs import follow
from pages._session import PageContext, open_page


def main() -> None:
    page = open_page()
    draw_heading(_("Compare"))
    asked = {name: st.query_params.get(name, "") for name in ("old", "new")}
    versions, old, new = pick_versions(page.db, **asked)
    if old is None or new is None:
        text = _("With a second version, this page shows what became better and worse, class by class, item by item.")
        draw_empty(_("Two versions are needed"), text, page="train", link=_("Go to Train"), icon="compare_arrows")
        return
    draw_choice(versions, old, new, on_choose=choose)
    job = follow(page, page.slug, "compare")
    comparison = read_comparison(page.db, old=old, new=new, source=chosen_source())
    with st.container(border=True):
        pick_source(comparison)
        draw_overall(comparison)
        is_busy = bool(job and job.is_live)
        let_answer = partial(answer, old.version.id, new.version.id) if may(page.actor, Permission.TRAIN) else None
        draw_missing(comparison, is_busy=is_busy, on_answer=let_answer)
    draw_parts(page, comparison)


def draw_parts(page: PageContext, comparison: Comparison) -> None:
    labels = [_("By class"), _("By slice"), _("Items that changed"), _("What they learned from")]
    by_class, by_slice, items, recipe = st.tabs(labels)
    with by_class:
        draw_rows(comparison.classes, comparison, key="compare_classes", first=_("Class"))
    with by_slice:
        if comparison.slices:
            draw_rows(comparison.slices, comparison, key="compare_slices", first=_("Value"))
        else:
            st.caption(_("No column has the role 'slice'. A later import can bring one in."))
    old, new = comparison.old.version, comparison.new.version
    with items:
        st.markdown(_("**On test labels**"))
        make = made_then(page, partial(write_flips, comparison, flip_names()))
        draw_flips(comparison, slug=page.slug, make_csv=make if may(page.actor, Permission.EXPORT) else None)
        st.markdown(_("**Among all items**"))
        found = read_changed_answers(page.db, old_id=old.id, new_id=new.id, after=looked_after())
        draw_changed_answers(found, slug=page.slug, on_further=look_further)
    with recipe:
        titles = {"old_title": comparison.old.title, "new_title": comparison.new.title}
        draw_label_changes(read_snapshot_changes(page.db, old, new), **titles)
        draw_recipe_changes(list_recipe_changes(old, new), **titles)


main()
