import pytest

from hitl.domain.covers import Cover
from hitl.domain.errors import BadInput, Conflict, NotFound, NotPermitted
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.people import Actor, MemberRole
from hitl.loop.saved_views import remove_view, rename_view, save_view
from hitl.store.field_covers import add_covers
from hitl.views.saved_views import find_linked_view, list_saved_views
from tests.small_project import LEAD, OTHER

CHOSEN = ExploreFilter(low=0.5, class_id=1, text="late")
VIEWER = Actor(id=9, name="Guest", role=MemberRole.VIEWER)


def save(small, name="Late parcels", *, chosen=CHOSEN, order="novel", request_id=None, actor=None):
    return save_view(
        small.db,
        name=name,
        chosen=chosen,
        order=order,
        request_id=request_id or small.request(),
        actor=actor or small.actor,
        now=small.now(),
    )


def test_a_view_keeps_filter_and_order_for_everybody(small):
    view_id = save(small, "  Late \n parcels ", actor=OTHER)
    [view] = list_saved_views(small.db)
    assert (view.id, view.name, view.chosen, view.order) == (view_id, "Late parcels", CHOSEN, "novel")
    assert view.words == "class yes · 50 % to 100 % sure · contains “late”"


def test_what_a_view_says_leaves_out_values_of_hidden_fields(small):
    save(small, chosen=ExploreFilter(slices=(("place", "Berlin"), ("name", "Ada"))))
    assert list_saved_views(small.db)[0].words == "place Berlin · name Ada"
    add_covers(small.db, {"name": Cover.HIDDEN}, actor_id=1, at="2026-01-05")
    assert list_saved_views(small.db)[0].words == "place Berlin"


def test_views_are_listed_by_name(small):
    save(small, "zebra")
    save(small, "Apple", chosen=ExploreFilter())
    assert next((view.name, view.words) for view in list_saved_views(small.db)) == ("Apple", "all items")


def test_the_same_request_saves_once(small):
    assert save(small, request_id="double") == save(small, request_id="double")
    assert len(list_saved_views(small.db)) == 1


def test_a_view_is_renamed_and_keeps_its_id(small):
    view_id = save(small)
    rename_view(small.db, view_id=view_id, name="Delayed", actor=small.actor, now=small.now())
    assert find_linked_view(small.db, str(view_id)).name == "Delayed"


def test_a_removed_view_is_gone_and_its_name_free(small):
    view_id = save(small)
    remove_view(small.db, view_id=view_id, actor=small.actor, now=small.now())
    assert list_saved_views(small.db) == ()
    assert find_linked_view(small.db, str(view_id)) is None
    with pytest.raises(NotFound, match="no such view"):
        remove_view(small.db, view_id=view_id, actor=small.actor, now=small.now())
    save(small)


@pytest.mark.parametrize("name", ["", " \n", "x" * 81])
def test_a_name_says_something_and_fits(small, name):
    with pytest.raises(BadInput):
        save(small, name)


def test_two_views_have_different_names(small):
    save(small, "Late")
    with pytest.raises(Conflict, match="“Late” exists"):
        save(small, "LATE")


def test_a_hostile_name_is_kept_as_it_is(small):
    name = "<script>alert(1)</script> \u202e🙂 '; DROP TABLE items"
    save(small, name)
    assert list_saved_views(small.db)[0].name == name


def test_who_may_only_look_saves_no_view(small):
    with pytest.raises(NotPermitted):
        save(small, actor=VIEWER)


def test_a_view_is_changed_by_who_keeps_it_or_a_lead(small):
    view_id = save(small, actor=OTHER)
    third = Actor(id=10, name="Third", role=MemberRole.REVIEWER)
    for change in (remove, rename):
        with pytest.raises(NotPermitted, match="kept by somebody else"):
            change(small, view_id, third)
    rename(small, view_id, OTHER)
    remove(small, view_id, LEAD)
    assert not list_saved_views(small.db)


def rename(small, view_id, actor):
    rename_view(small.db, view_id=view_id, name="Another", actor=actor, now=small.now())


def remove(small, view_id, actor):
    remove_view(small.db, view_id=view_id, actor=actor, now=small.now())
