"""A new policy is in force at once; where there are many items, a job routes them by it."""

from contextlib import suppress

from hitl.domain.errors import Conflict
from hitl.domain.language import _
from hitl.loop.route import find_unfinished_routing, set_policy
from hitl.ui.policy_form import PolicyDraft
from pages._jobs import submit
from pages._session import PageContext, acting, notify


def keep_policy(draft: PolicyDraft) -> None:
    """A callback: the policy is in force."""
    with acting() as page:
        set_policy(page.db, **draft.values, actor=page.actor, now=page.now)
        if route_rest(page):
            notify(_("Saved. All items are being routed anew in the background."))
        else:
            notify(_("Saved: every item was routed anew."))


def route_rest(page: PageContext) -> bool:
    """Ask for the job that finishes the routing, where it is not finished; whether it was needed."""
    name = find_unfinished_routing(page.db)
    if name is None:
        return False
    with suppress(Conflict):  # one is under way already: it goes on with what was asked for last
        submit(page, page.slug, "reroute", {}, request=name)
    return True
