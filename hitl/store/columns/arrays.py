"""The arrays: one element for each visible item, in the order of item ids; never changed once made."""

from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hitl.domain.records import Route

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

ROUTES = tuple(Route)
NO_CLASS = 0
NO_VALUE = -1


class Flag(IntFlag):
    """What is true of an item, or of the group it belongs to."""

    CANNOT_TELL = 1
    REVIEWED = 2
    RELEASED = 4
    QUEUED = 8
    AUDITED = 16
    TESTED = 32
    DRAWN_TEST = 64
    SENT_BACK = 128


@dataclass(frozen=True, eq=False)
class ItemColumns:
    """The state of every visible item.

    Attributes
    ----------
    item_id, group_id : array of int32, shape (n_items,)
        Item ids ascend.
    label_id : array of int32, shape (n_items,)
        The resolved class, ``NO_CLASS`` where there is none.
    route : array of uint8, shape (n_items,)
        Position in ``ROUTES`` of what the policy did; what waits in the queue for another reason is a flag beside it.
    flags : array of uint8, shape (n_items,)
        Bits of ``Flag``.
    """

    item_id: Ints
    group_id: Ints
    label_id: Ints
    route: Bytes
    flags: Bytes

    def __len__(self) -> int:
        return len(self.item_id)

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(one.nbytes for one in (self.item_id, self.group_id, self.label_id, self.route, self.flags))

    def has(self, flag: Flag) -> Booleans:
        """Whether a flag is set, for each item."""
        return np.asarray(self.flags & np.uint8(flag), dtype=np.bool_)

    @cached_property
    def is_labelled(self) -> Booleans:
        """Whether an item has a resolved class."""
        return np.not_equal(self.label_id, NO_CLASS)

    @cached_property
    def is_answered(self) -> Booleans:
        """Whether people or imported labels settled an item: by a class, or by saying that nobody can tell."""
        return self.is_labelled | self.has(Flag.CANNOT_TELL)

    @cached_property
    def shown_route(self) -> Bytes:
        """Position in ``ROUTES``, with items that wait for a blind check or a new answer as routes of their own."""
        audited = np.where(self.has(Flag.AUDITED), np.uint8(ROUTES.index(Route.AUDIT)), self.route)
        return np.where(self.has(Flag.SENT_BACK), np.uint8(ROUTES.index(Route.SECOND_LOOK)), audited)

    @cached_property
    def is_first_of_group(self) -> Booleans:
        """Whether an item is the first visible one of its group."""
        first = np.zeros(len(self), dtype=np.bool_)
        if len(self) and np.all(np.diff(self.group_id) > 0):
            first[:] = True
        else:
            first[np.unique(self.group_id, return_index=True)[1]] = True
        return first

    def holds(self, item_ids: npt.ArrayLike) -> Booleans:
        """Whether each of the given items is visible."""
        wanted = np.asarray(item_ids)
        if not len(self):
            return np.zeros(len(wanted), dtype=np.bool_)
        places = np.minimum(np.searchsorted(self.item_id, wanted), len(self) - 1)
        return np.asarray(self.item_id[places] == wanted, dtype=np.bool_)

    def places_of(self, item_ids: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Positions of visible items."""
        return np.searchsorted(self.item_id, np.asarray(item_ids))


@dataclass(frozen=True, eq=False)
class AnswerColumns:
    """What one version answers for every visible item.

    Attributes
    ----------
    class_id : array of int32, shape (n_items,)
        ``NO_CLASS`` where it has not answered; the other arrays are NaN there.
    confidence, accept_score, novelty : array of float64, shape (n_items,)
        In [0, 1], NaN where it is not known: an answer that came with a file may name no confidence.
    """

    class_id: Ints
    confidence: Floats
    accept_score: Floats
    novelty: Floats

    @property
    def size(self) -> int:
        """Bytes in memory, orders apart."""
        return self.class_id.nbytes + self.confidence.nbytes + self.accept_score.nbytes + self.novelty.nbytes

    @cached_property
    def is_given(self) -> Booleans:
        """Whether the version has answered an item."""
        return np.not_equal(self.class_id, NO_CLASS)

    @cached_property
    def least_sure_first(self) -> npt.NDArray[np.int32]:
        """Positions by rising confidence; items without one last, equals by item id."""
        return np.argsort(self.confidence, kind="stable").astype(np.int32)

    @cached_property
    def most_sure_first(self) -> npt.NDArray[np.int32]:
        """Positions by falling confidence; items without one last, equals by item id."""
        return np.argsort(-self.confidence, kind="stable").astype(np.int32)

    @cached_property
    def novel_first(self) -> npt.NDArray[np.int32]:
        """Positions by falling novelty; items without one last, equals by item id."""
        return np.argsort(-self.novelty, kind="stable").astype(np.int32)


@dataclass(frozen=True, eq=False)
class SliceColumn:
    """The value that every visible item has in one field.

    Attributes
    ----------
    codes : array of int32, shape (n_items,)
        Positions in ``values``, ``NO_VALUE`` where the field is empty.
    values : tuple of str
        In no order of meaning; each once.
    is_cut : bool
        Whether there are more values than are held; the items of the others have ``NO_VALUE``.
    """

    codes: Ints
    values: tuple[str, ...]
    is_cut: bool = False

    def is_value(self, value: str) -> Booleans:
        """Whether an item has a value, for each item."""
        known = value in self.values
        return self.codes == self.values.index(value) if known else np.zeros(len(self.codes), dtype=np.bool_)
