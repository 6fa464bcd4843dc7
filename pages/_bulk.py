"""Many items at once on the Explore page: chosen, shown beforehand, done, and what was done before."""

from hitl.domain.explore_filter import ExploreFilter
from hitl.loop.jobs import JobKind
from hitl.ui.bulk_panel import draw_act_news, draw_acts, draw_bulk_form, draw_bulk_preview, draw_which
from hitl.ui.item_list import TickedList
from hitl.views.bulk import read_act, read_acts, read_bulk_preview, read_fitting_preview
from hitl.views.explore import read_classes
from pages._bulk_acts import Choice, go_on, latest_act_id, put_away, start, take_back
from pages._jobs import follow
from pages._session import PageContext

MANY_KEY = "explore_many"


def draw_news(page: PageContext) -> bool:
    """Draw the bulk act that runs, or the one just done with its undo; whether one runs."""
    job = follow(page, page.slug, JobKind.BULK)
    act_id = latest_act_id(page)
    act = read_act(page.db, act_id, people=page.people) if act_id else None
    if job is not None and job.is_live:
        return True
    if act is not None:
        draw_act_news(act, on_undo=take_back, on_close=put_away)
    return False


def draw_many(page: PageContext, chosen: ExploreFilter, listed: TickedList, *, is_busy: bool) -> None:
    """Draw the panel: which items, what to do, what that would change, and what was done before."""
    named = draw_which(listed)
    draft = draw_bulk_form(read_classes(page.db))
    acts = read_acts(page.db, people=page.people)
    if draft is not None:
        about = {"kind": draft.kind, "class_id": draft.class_id, "actor": page.actor, "now": page.now}
        if named is None:
            preview = read_fitting_preview(page.db, chosen=chosen, **about)
        else:
            preview = read_bulk_preview(page.db, item_ids=named, **about)
        last_act_id = acts[0].id if acts else 0
        choice = Choice(draft, chosen, named, preview.group_count, last_act_id)
        draw_bulk_preview(draft, preview, is_busy=is_busy, on_start=lambda: start(choice))
    draw_acts(acts, actor_id=page.actor.id, now=page.now, on_undo=take_back, on_go_on=go_on)
