"""What texts mean to a model, computed once a text and encoder and kept in the project's folder."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hitl.adapters.encoders.contract import Encoder
from hitl.adapters.encoders.registry import find_encoder
from hitl.adapters.kept_vectors import KeptVectors, Keys, count_vectors, keys_of, remove_other_recipes
from hitl.domain.fields import Field, Role, recipe_of, recipes_of, text_of

KIND, CLASS_KIND = "texts", "classes"
BATCH_TEXTS = 256

Tick = Callable[[int, int], None]


class TextEmbeddings:
    """The embeddings of a project's texts by one encoder.

    Parameters
    ----------
    folder : Path
        The project's.
    encoder : Encoder
        Asked for what is not kept yet alone.
    kind : str
        Of what texts: those of items, or the words of classes (``CLASS_KIND``), which are kept by themselves.
    """

    def __init__(self, folder: Path, encoder: Encoder, kind: str = KIND) -> None:
        self._encoder = encoder
        self._kept = KeptVectors(folder, kind, encoder.recipe, size=encoder.dimension)

    @property
    def kept_count(self) -> int:
        """How many texts have an embedding, as of the last look."""
        return len(self._kept)

    def places(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Where among the kept ones the embedding of each text is; −1 of those not kept, as of the last look."""
        return self._kept.places(_keys(texts))

    def similarities(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosines of all kept embeddings, in their order, with vectors of unit length: (n_kept, n_vectors).

        In [−1, 1] but for rounding to float16; 0 of one that was erased.
        """
        return self._kept.products(vectors)

    def fill(
        self,
        rows: Sequence[Mapping[str, Any]],
        fields: Sequence[Field],
        *,
        tick: Tick = lambda done, total: None,  # noqa: ARG005
    ) -> list[Mapping[str, Any]]:
        """Field values of items with this encoder's embedding fields beside them, each float32 of shape (dimension,).

        Parameters
        ----------
        tick : callable (done, total)
            Told how many of the texts that had no embedding yet are encoded; may raise to stop.

        Raises
        ------
        StoreUnusable
            The folder can't be written or the disk is full.
        """
        wanted = [one for one in fields if one.role is Role.EMBEDDING and recipe_of(one) == self._encoder.recipe]
        if not wanted:
            return list(rows)
        texts = [as_text(row.get(text_of(one))) for row in rows for one in wanted]
        vectors = iter(self.vectors(texts, tick=tick))
        return [{**row, **{one.name: next(vectors) for one in wanted}} for row in rows]

    def vectors(self, texts: Sequence[str], *, tick: Tick = lambda done, total: None) -> NDArray[np.float32]:  # noqa: ARG005
        """The embeddings of texts, shape (n_texts, dimension), rows of unit length; of an empty text zeros.

        Raises
        ------
        StoreUnusable
            The folder can't be written or the disk is full.
        """
        told = [place for place, text in enumerate(texts) if text.strip()]
        keys = self.keep([texts[place] for place in told], tick=tick)
        vectors = np.zeros((len(texts), self._encoder.dimension), dtype=np.float32)
        vectors[told] = self._kept.take(keys)
        return vectors

    def keep(self, texts: Sequence[str], *, tick: Tick = lambda done, total: None) -> Keys:  # noqa: ARG005
        """The keys of texts whose embeddings are all kept now; a text is encoded once, however often it stands there.

        An empty one is not: it has no embedding. Raises as ``vectors``.
        """
        keys = _keys(texts)
        missing = [texts[place] for place in self._kept.missing(keys) if texts[place].strip()]
        for begin in range(0, len(missing), BATCH_TEXTS):
            batch = missing[begin : begin + BATCH_TEXTS]
            self._kept.append(_keys(batch), self._encoder.encode(batch))
            tick(begin + len(batch), len(missing))
        if missing:
            self._kept.refresh()
        return keys


def fill_embeddings(
    folder: Path,
    fields: Sequence[Field],
    *,
    tick: Tick = lambda done, total: None,  # noqa: ARG005
) -> Callable[[Sequence[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    """What gives the rows of a project all embedding fields among these, whichever encoders they name.

    Raises
    ------
    NotFound
        A field names an encoder, or a version of one, that is not here.
    """
    kept = [TextEmbeddings(folder, find_encoder(recipe)) for recipe in recipes_of(fields)]

    def fill(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        filled = list(rows)
        for embeddings in kept:
            filled = embeddings.fill(filled, fields, tick=tick)
        return filled

    return fill


def embed_unkept(
    fields: Sequence[Field],
) -> Callable[[Sequence[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    """What gives rows all embedding fields among these and keeps none: for texts that no item has.

    Each text is encoded once a call. Raises as ``fill_embeddings``.
    """
    encoders = {recipe: find_encoder(recipe) for recipe in recipes_of(fields)}
    embedded = [field for field in fields if field.role is Role.EMBEDDING]

    def embed(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        filled = [dict(row) for row in rows]
        for field in embedded:
            texts = [as_text(row.get(text_of(field))) for row in rows]
            places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
            vectors = encoders[recipe_of(field)].encode(list(places))
            for row, text in zip(filled, texts, strict=True):
                row[field.name] = vectors[places[text]]
        return list[Mapping[str, Any]](filled)

    return embed


def erase_other_texts(folder: Path, texts: Iterable[Sequence[str]], encoder: Encoder) -> None:
    """The embeddings of all texts but these are noughts; files of other recipes, which nobody reads, are gone.

    Parameters
    ----------
    texts : iterable of sequence of str
        All that the project's items say, in parts.

    Raises
    ------
    StoreUnusable
        The file can't be written.
    """
    remove_other_recipes(folder, KIND, encoder.recipe)
    if count_kept(folder, encoder):
        kept = KeptVectors(folder, KIND, encoder.recipe, size=encoder.dimension)
        kept.erase_others(_keys(part) for part in texts)


def count_kept(folder: Path, encoder: Encoder) -> int:
    """How many embeddings of an encoder are kept, without reading them."""
    return count_vectors(folder, KIND, encoder.recipe, size=encoder.dimension)


def as_text(value: object) -> str:
    """The text of a field as a model reads it: empty where there is none."""
    return "" if value is None else str(value)


def _keys(texts: Iterable[str]) -> Keys:
    return keys_of(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
