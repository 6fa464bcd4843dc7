"""Nearest: the visible items that mean most nearly what a sentence or another item says.

Nothing is stored and nothing learned: kept embeddings are compared in blocks. Where each item's lie among them is held
in this process as long as the items stay the same, and looked at again for the items that are found.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from hitl.adapters.text_embeddings import TextEmbeddings, as_text
from hitl.domain.covers import uncovered
from hitl.domain.errors import BadInput, NotFound, NotReady
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.fields import Role
from hitl.domain.language import _
from hitl.encoding import encoder_of, encoding_ready, text_names
from hitl.store.encoding import encoder_rule
from hitl.store.field_covers import current_covers
from hitl.store.item_selection import Selection, select_items
from hitl.store.items import fields_of_items
from hitl.store.projects import read_project
from hitl.store.reads_explore import find_item

MOST_NEAREST = 200
MOST_PROJECTS = 4
_READ_AT_ONCE = 5_000
_NO_TEXT, _NOT_KEPT = -1, -2

_Combine = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class Nearest:
    """Item id → cosine in (0, 1], nearest first; of equally near ones the first imported first."""

    similarities: dict[int, float]


def nearest_to_sentence(db: Database, folder: Path, sentence: str, *, chosen: ExploreFilter) -> Nearest:
    """The ``MOST_NEAREST`` items that fit a filter and have a text nearest to a sentence. Changes nothing.

    By the nearest of its texts. Only fields that everybody sees are compared: nearness would tell what others hold.

    Raises
    ------
    BadInput
        The sentence says nothing.
    NotReady
        The texts are not read by the encoder, or nobody may see one.
    NotFound
        The encoder is not installed.
    """
    names = _readable_names(db, folder)
    asked = encoder_of(db).encode([sentence])
    if not asked.any():
        raise BadInput(_("Nothing can be compared with this sentence. Type words of a language."))
    return _rank(db, folder, names, np.repeat(asked, len(names), axis=0), chosen, combine=_largest)


def nearest_to_item(db: Database, folder: Path, external_id: str, *, chosen: ExploreFilter) -> Nearest:
    """The ``MOST_NEAREST`` other items that fit a filter, by the mean over the texts that the item has.

    Changes nothing. Raises as ``nearest_to_sentence``; NotFound where there is no such item, BadInput where it has no
    text.
    """
    names = _readable_names(db, folder)
    row = find_item(db, external_id)
    if row is None:
        raise NotFound(_("There is no item {item} in this project. Pick one from the list.").format(item=external_id))
    values = fields_of_items(db, [row["item_id"]])[0]
    told = [name for name in names if as_text(values.get(name)).strip()]
    if not told:
        raise BadInput(_("The item {item} has no text that could be compared.").format(item=external_id))
    asked = encoder_of(db).encode([as_text(values[name]) for name in told])
    return _rank(db, folder, told, asked, chosen, combine=_mean, without=row["item_id"])


def can_compare(db: Database) -> bool:
    """Whether the project has a text that everybody may see. Changes nothing."""
    return bool(_shown_texts(db))


def _shown_texts(db: Database) -> list[str]:
    fields = uncovered(read_project(db).fields, current_covers(db))
    return [field.name for field in fields if field.role is Role.TEXT]


def _readable_names(db: Database, folder: Path) -> list[str]:
    names = _shown_texts(db)
    if not names:
        raise NotReady(_("Items are compared by their texts, and this project has none that people see."))
    if not encoder_rule(db).is_on:
        raise NotReady(
            _("Items can't be compared: reading what texts mean is turned off. A lead can turn it on in the settings.")
        )
    if not encoding_ready(db, folder):
        raise NotReady(
            _(
                "Items can be compared once all texts are read, which goes on in the background. The settings say how "
                "far that is; more than 200,000 texts are read when a lead asks for it there."
            )
        )
    return names


def _rank(
    db: Database,
    folder: Path,
    names: Sequence[str],
    asked: NDArray[np.float32],
    chosen: ExploreFilter,
    *,
    combine: _Combine,
    without: int = 0,
) -> Nearest:
    """The items nearest by texts of these names, each compared with the row of ``asked`` at its place."""
    selection = select_items(db, chosen)
    kept = TextEmbeddings(folder, encoder_of(db))
    similarities = kept.similarities(asked)
    fits = selection.fits & (selection.items.item_id != without)
    for is_anew in (False, True):
        places = _places(db, folder, selection, kept, is_anew=is_anew)
        scores = combine(_scores(similarities, places.of_names(names)))
        found = _best(selection.items.item_id, np.where(fits, scores, 0))
        if _is_true(db, kept, places, found):
            break
    return Nearest(found)


def _largest(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(scores.max(axis=1))


def _mean(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(scores.mean(axis=1))


def _scores(similarities: NDArray[np.float32], places: NDArray[np.int32]) -> NDArray[np.float32]:
    """What each item's texts are near to, shape (n_items, n_names); 0 where there is no text."""
    scores = np.zeros(places.shape, dtype=np.float32)
    for column in range(places.shape[1]):
        has_text = (places[:, column] >= 0) & (places[:, column] < len(similarities))
        scores[has_text, column] = similarities[places[has_text, column], column]
    return scores


def _best(item_ids: NDArray[np.int32], scores: NDArray[np.float32]) -> dict[int, float]:
    count = min(MOST_NEAREST, int(np.count_nonzero(scores > 0)))
    if not count:
        return {}
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    found = np.flatnonzero(scores >= least)
    order = found[np.argsort(-scores[found], kind="stable")][:count]
    return {int(item_ids[place]): min(float(scores[place]), 1.0) for place in order}


@dataclass(frozen=True, eq=False)
class _Places:
    """Where the texts of visible items lie among the kept embeddings.

    Attributes
    ----------
    item_id : array of int32, shape (n_items,)
    names : tuple of str
        All text fields, hidden ones too.
    places : array of int32, shape (n_items, n_names)
        Below 0 where there is none: ``_NO_TEXT``, or ``_NOT_KEPT`` until it is encoded.
    recipe : str
        The encoder whose embeddings these are.
    """

    item_id: NDArray[np.int32]
    names: tuple[str, ...]
    places: NDArray[np.int32]
    recipe: str

    def of_names(self, names: Sequence[str]) -> NDArray[np.int32]:
        """The places of the texts of some fields, in their order."""
        return self.places[:, [self.names.index(name) for name in names]]


_HELD: OrderedDict[Path, _Places] = OrderedDict()
_ONE_AT_A_TIME = threading.Lock()


def _places(db: Database, folder: Path, selection: Selection, kept: TextEmbeddings, *, is_anew: bool) -> _Places:
    """Where the texts of all visible items lie: as held, with those of items that came since."""
    item_ids = selection.items.item_id
    names, recipe = tuple(text_names(db)), encoder_of(db).recipe
    with _ONE_AT_A_TIME:
        held = _HELD.pop(folder, None)
        if is_anew or held is None or (held.names, held.recipe) != (names, recipe):
            held = _Places(item_ids[:0], names, np.empty((0, len(names)), dtype=np.int32), recipe)
        if not np.array_equal(held.item_id, item_ids) or (held.places == _NOT_KEPT).any():
            held = _brought_up(db, held, item_ids, kept)
        _HELD[folder] = held
        while len(_HELD) > MOST_PROJECTS:
            _HELD.popitem(last=False)
    return held


def _brought_up(db: Database, held: _Places, item_ids: NDArray[np.int32], kept: TextEmbeddings) -> _Places:
    places = np.full((len(item_ids), len(held.names)), _NO_TEXT, dtype=np.int32)
    whole = ~(held.places == _NOT_KEPT).any(axis=1)
    is_known = np.isin(item_ids, held.item_id[whole])
    places[is_known] = held.places[np.searchsorted(held.item_id, item_ids[is_known])]
    fresh = np.flatnonzero(~is_known)
    for begin in range(0, len(fresh), _READ_AT_ONCE):
        part = fresh[begin : begin + _READ_AT_ONCE]
        places[part] = _looked_up(db, held.names, item_ids[part].tolist(), kept)
    return _Places(item_ids, held.names, places, held.recipe)


def _looked_up(db: Database, names: Sequence[str], item_ids: Sequence[int], kept: TextEmbeddings) -> NDArray[np.int32]:
    texts = [as_text(values.get(name)) for values in fields_of_items(db, item_ids) for name in names]
    has_text = np.array([bool(text.strip()) for text in texts], dtype=bool)
    found = kept.places(texts)
    places = np.where(has_text, np.where(found < 0, _NOT_KEPT, found), _NO_TEXT)
    return places.astype(np.int32).reshape(len(item_ids), len(names))


def _is_true(db: Database, kept: TextEmbeddings, places: _Places, found: Iterable[int]) -> bool:
    """Whether the items that were found say what was compared: ids and files may have been used again since."""
    item_ids = list(found)
    held = places.places[np.searchsorted(places.item_id, item_ids)]
    return np.array_equal(held, _looked_up(db, places.names, item_ids, kept))
