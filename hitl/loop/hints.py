"""Hint: the class that an item looks like by the words of the classes alone, while no model has learned yet.

Nothing is stored: a hint is no prediction, decides nothing, and is gone with the first version in use.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from hitl.adapters.encoders.contract import Encoder
from hitl.adapters.text_embeddings import as_text
from hitl.domain.class_words import are_telling, class_texts
from hitl.domain.covers import uncovered
from hitl.domain.fields import Role
from hitl.domain.records import LabelClass
from hitl.encoding import encoder_of, encoding_ready
from hitl.store.field_covers import current_covers
from hitl.store.items import fields_of_items
from hitl.store.projects import list_classes, read_project
from hitl.store.versions import champion_id

CLEAR_LEAD = 0.1
"""How much nearer one class must be than all others, as a difference of cosines; measured in docs/methods.md."""

MOST_KEPT = 16

_Key = tuple[str, tuple[str, ...]]
_ENCODED: dict[_Key, NDArray[np.float32]] = {}
_BEGUN: dict[_Key, threading.Thread] = {}


def hint_at_classes(db: Database, folder: Path, item_ids: Sequence[int]) -> dict[int, int]:
    """Item id → class id, of the items whose texts are clearly nearer to the words of one class than of all others.

    None where a version is in use, the project's texts are not read by the encoder, or a class is but one word. Only
    fields that everybody sees are read. Blind items are the caller's to leave out. Changes nothing.

    Raises
    ------
    NotFound
        The encoder is not installed.
    """
    classes = _classes_to_tell(db, folder)
    if not classes or not item_ids:
        return {}
    encoder = encoder_of(db)
    near = _similarities(db, encoder, item_ids, _vectors_of(encoder, class_texts(classes)))
    hinted = clearly_nearest(near)
    return {item_id: classes[one].id for item_id, one in zip(item_ids, hinted.tolist(), strict=True) if one >= 0}


def hints_at_hand(db: Database, folder: Path, item_ids: Sequence[int]) -> dict[int, int]:
    """The same without waiting for the encoder: the first time its loading begins beside, and there are no hints.

    Changes nothing.
    """
    classes = _classes_to_tell(db, folder)
    if not classes:
        return {}
    encoder, texts = encoder_of(db), class_texts(classes)
    if (encoder.recipe, texts) in _ENCODED:
        return hint_at_classes(db, folder, item_ids)
    if (encoder.recipe, texts) not in _BEGUN and not encoder.lacking():
        thread = threading.Thread(target=_vectors_of, args=(encoder, texts), name="class-hints", daemon=True)
        _BEGUN[encoder.recipe, texts] = thread
        thread.start()
    return {}


def clearly_nearest(near: NDArray[np.float32]) -> NDArray[np.int64]:
    """Which class is nearest to each item by ``CLEAR_LEAD``, as its column; −1 where none is.

    Parameters
    ----------
    near : array, shape (n_items, n_classes)
        Cosines, of at least two classes.

    >>> clearly_nearest(np.array([[0.4, 0.1], [0.4, 0.35], [-0.3, -0.1]]))
    array([ 0, -1, -1])
    """
    ordered = np.sort(near, axis=1)
    is_clear = (ordered[:, -1] - ordered[:, -2] >= CLEAR_LEAD) & (ordered[:, -1] > 0)
    return np.where(is_clear, near.argmax(axis=1), -1)


def _classes_to_tell(db: Database, folder: Path) -> list[LabelClass]:
    """The classes in use, where hints are due and there is something to tell apart; else none."""
    if champion_id(db) is not None or not encoding_ready(db, folder):
        return []
    classes = [one for one in list_classes(db) if not one.retired]
    return classes if are_telling(classes) else []


def _vectors_of(encoder: Encoder, texts: tuple[str, ...]) -> NDArray[np.float32]:
    """What the classes mean, encoded once as long as their words stay the same."""
    key = (encoder.recipe, texts)
    if key not in _ENCODED:
        while len(_ENCODED) >= MOST_KEPT:
            _forget(next(iter(_ENCODED)))
        _ENCODED[key] = encoder.encode(texts)
    return _ENCODED[key]


def _forget(key: _Key) -> None:
    _ENCODED.pop(key, None)
    _BEGUN.pop(key, None)


def _similarities(
    db: Database, encoder: Encoder, item_ids: Sequence[int], classes: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How near the nearest text of each item is to each class, shape (n_items, n_classes)."""
    fields = uncovered(read_project(db).fields, current_covers(db))
    names = [field.name for field in fields if field.role is Role.TEXT]
    if not names:
        return np.zeros((len(item_ids), len(classes)), dtype=np.float32)
    texts = [as_text(values.get(name)) for values in fields_of_items(db, item_ids) for name in names]
    near = encoder.encode(texts) @ classes.T
    return np.asarray(near.reshape(len(item_ids), len(names), len(classes)).max(axis=1))
