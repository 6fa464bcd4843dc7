"""What people read of the class that an item looks like by its words alone, while there is no model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.language import _
from hitl.loop.hints import hint_at_classes, hints_at_hand
from hitl.store.projects import list_classes
from hitl.views.item_detail import ItemDetail
from hitl.views.review import Card


def read_hint_of_item(db: Database, folder: Path, item: ItemDetail) -> str | None:
    """The hint for one item; None where it is blind or answered, or nothing is clear.

    Raises
    ------
    NotFound
        The encoder is not installed.
    """
    if item.is_blind or item.answered_by != "nobody":
        return None
    return _sentences(db, hint_at_classes(db, folder, [item.item_id])).get(item.item_id)


def with_hints(db: Database, folder: Path, cards: Sequence[Card]) -> list[Card]:
    """The cards with their hints, blind ones and those with a prediction as they are.

    None has one until the encoder is loaded, which begins with the first cards that could.
    """
    item_ids = [card.item_id for card in cards if not card.blind and card.prediction is None]
    hints = _sentences(db, hints_at_hand(db, folder, item_ids)) if item_ids else {}
    return [replace(card, hint=hints.get(card.item_id)) for card in cards]


def _sentences(db: Database, class_ids: Mapping[int, int]) -> dict[int, str]:
    names = {one.id: one.name for one in list_classes(db)} if class_ids else {}
    sentence = _("By the words of the classes alone this looks like “{name}”: a hint, no model has learned yet.")
    return {item_id: sentence.format(name=names[class_id]) for item_id, class_id in class_ids.items()}
