"""The forward pass of a sentence transformer of BERT's kind: token ids and weights in, what texts mean out.

Devlin et al. 2019 (doi:10.18653/v1/N19-1423): the encoder; Hendrycks & Gimpel 2016 (arXiv:1606.08415): GELU, by the
error function itself; Reimers & Gurevych 2019 (doi:10.18653/v1/D19-1410): the mean over all tokens. In numpy, float32.
Texts stand one behind the other, without padding, and attention looks at those of one length together.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Floats = NDArray[np.float32]

_EPSILON = np.float32(1e-12)
_HALF, _ROOT_HALF = np.float32(0.5), np.float32(0.5**0.5)


class Transformer:
    """Weights that can be asked.

    Parameters
    ----------
    weights : mapping of str to ndarray of float32
        By their usual names: ``embeddings.word_embeddings.weight``, ``encoder.layer.0.attention.self.query.bias``, …
    heads : int
        How many heads attention has; it divides the number of dimensions.
    """

    def __init__(self, weights: Mapping[str, Floats], *, heads: int) -> None:
        self._weights, self._heads = dict(weights), heads
        layers = {name.split(".")[2] for name in weights if name.startswith("encoder.layer.")}
        self._layers = [f"encoder.layer.{number}" for number in range(len(layers))]
        for layer in self._layers:
            self._join_attention(layer)

    @property
    def dimension(self) -> int:
        """How many numbers a text gets."""
        return int(self._weights["embeddings.LayerNorm.weight"].shape[0])

    def encode(self, token_ids: Sequence[Sequence[int]]) -> Floats:
        """What each text means, shape (n_texts, dimension), rows of unit length.

        Parameters
        ----------
        token_ids : sequence of sequence of int
            Of each text, special tokens included; none is empty.
        """
        order = sorted(range(len(token_ids)), key=lambda text: len(token_ids[text]))
        lengths = [len(token_ids[text]) for text in order]
        runs = [(length, len(list(run))) for length, run in groupby(lengths)]
        state = self._embed([token_ids[text] for text in order])
        for layer in self._layers:
            state = self._pass(layer, state, runs)
        sums = np.add.reduceat(state, np.cumsum([0, *lengths[:-1]]), axis=0)
        means = np.empty_like(sums)
        means[order] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return means

    def _join_attention(self, layer: str) -> None:
        """Queries, keys and values by one product; queries scaled by the root of a head's size."""
        scale = np.float32((self.dimension // self._heads) ** -0.5)
        for kind in ("weight", "bias"):
            query, key, value = (self._weights.pop(f"{layer}.attention.self.{one}.{kind}") for one in _JOINED)
            self._weights[f"{layer}.attention.joined.{kind}"] = np.concatenate([query * scale, key, value])

    def _embed(self, token_ids: Sequence[Sequence[int]]) -> Floats:
        words = self._weights["embeddings.word_embeddings.weight"][np.concatenate(token_ids).astype(np.int64)]
        places = np.concatenate([np.arange(len(ids)) for ids in token_ids])
        positions = self._weights["embeddings.position_embeddings.weight"][places]
        first_kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        return self._normed(words + positions + first_kind, "embeddings.LayerNorm")

    def _pass(self, layer: str, state: Floats, runs: Sequence[tuple[int, int]]) -> Floats:
        seen = self._attended(self._linear(state, f"{layer}.attention.joined"), runs)
        state = state + self._linear(seen, f"{layer}.attention.output.dense")
        state = self._normed(state, f"{layer}.attention.output.LayerNorm")
        inner = gelu(self._linear(state, f"{layer}.intermediate.dense"))
        return self._normed(state + self._linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")

    def _attended(self, joined: Floats, runs: Sequence[tuple[int, int]]) -> Floats:
        seen = np.empty((len(joined), self.dimension), dtype=np.float32)
        begin = 0
        for length, count in runs:
            end = begin + length * count
            parts = joined[begin:end].reshape(count, length, 3, self._heads, -1)
            query, key, value = parts.transpose(2, 0, 3, 1, 4)
            shares = softmax(query @ key.swapaxes(-1, -2))
            seen[begin:end] = (shares @ value).swapaxes(1, 2).reshape(end - begin, -1)
            begin = end
        return seen

    def _linear(self, state: Floats, name: str) -> Floats:
        return np.asarray(state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"])

    def _normed(self, state: Floats, name: str) -> Floats:
        centred = state - state.mean(axis=1, keepdims=True)
        centred /= np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + _EPSILON)
        return np.asarray(centred * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


_JOINED = ("query", "key", "value")


def gelu(values: Floats) -> Floats:
    """Each number times the share of a normal distribution below it.

    >>> gelu(np.array([-1, 0, 1], dtype=np.float32)).round(4).tolist() == np.float32([-0.1587, 0, 0.8413]).tolist()
    True
    """
    shares = erf(values * _ROOT_HALF)
    shares += 1
    shares *= values
    shares *= _HALF
    return np.asarray(shares)


def softmax(scores: Floats) -> Floats:
    """Shares along the last axis that sum up to 1; the scores are used up."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores
