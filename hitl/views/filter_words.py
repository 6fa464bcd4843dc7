"""What a filter of items says, in words."""

from collections.abc import Mapping
from dataclasses import replace

from sqlite_utils import Database

from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.language import _
from hitl.store.field_covers import current_covers
from hitl.store.projects import list_classes
from hitl.store.versions import list_versions
from hitl.views.wording import ROUTE_NAMES, percent


def describe_filter(db: Database, chosen: ExploreFilter) -> str:
    """The conditions of a filter as one line, values of hidden fields left out; ``all items`` without any."""
    covers = current_covers(db)
    chosen = replace(chosen, slices=tuple(pair for pair in chosen.slices if pair[0] not in covers))
    classes = {one.id: one.name for one in list_classes(db)}
    versions = {one.id: one.name for one in list_versions(db)} if chosen.version_id else {}
    return describe_conditions(chosen, classes=classes, versions=versions)


def describe_conditions(chosen: ExploreFilter, *, classes: Mapping[int, str], versions: Mapping[int, str]) -> str:
    """The conditions of a filter as one line, with the names of its class and version.

    >>> describe_conditions(ExploreFilter(low=0.9, class_id=2, reviewed=False), classes={2: "refund"}, versions={})
    'class refund · 90 % to 100 % sure · not decided by a person'
    """
    parts = [*_of_answer(chosen, classes), *_of_review(chosen)]
    if chosen.text and chosen.text.strip():
        parts.append(_("contains “{text}”").format(text=chosen.text.strip()))
    parts += [f"{field} {value}" for field, value in chosen.slices]
    if chosen.changed:
        parts.append(_("answered differently by two versions"))
    if chosen.version_id:
        parts.append(versions.get(chosen.version_id, "?"))
    return " · ".join(parts) or _("all items")


def _of_answer(chosen: ExploreFilter, classes: Mapping[int, str]) -> list[str]:
    parts = []
    if chosen.class_id is not None:
        parts.append(_("class {name}").format(name=classes.get(chosen.class_id, "?")))
    if chosen.low is not None or chosen.high is not None:
        low, high = percent(chosen.low or 0.0), percent(1.0 if chosen.high is None else chosen.high)
        parts.append(_("{low} to {high} sure").format(low=low, high=high))
    return parts


def _of_review(chosen: ExploreFilter) -> list[str]:
    parts = [ROUTE_NAMES.get(chosen.route, chosen.route)] if chosen.route else []
    if chosen.reviewed is not None:
        parts.append(_("decided by a person") if chosen.reviewed else _("not decided by a person"))
    if chosen.unanswered:
        parts.append(_("answered by nobody yet"))
    if chosen.disagrees:
        parts.append(_("label and model differ"))
    return parts
