"""How right models are that learn by each encoder alone, from random labels, and how fast texts are read; one thread.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m bench.encoders --data DIR --cache DIR

DIR of the data holds sms, banking77, agnews and mr as CSV files (`text,label`); embeddings are kept in the cache. The
head is the product's own: its logistic regression, with strength and class weight chosen by cross-validation.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from bench.label_efficiency.sets import TEXT_SETS, Labelled, read_set, read_texts
from hitl.adapters.encoders.contract import Encoder
from hitl.adapters.encoders.registry import ENCODERS, named_encoder
from hitl.ml.prediction import predict_items
from hitl.ml.training import train_model

SIZES = (50, 200, 600)
SEEDS = 5
SPEED_TEXTS, BATCH_TEXTS = 1_000, 250


def accuracies(labelled: Labelled, size: int, seeds: int) -> Iterator[float]:
    """The share of test items that is right, for each draw of so many labels."""
    for seed in range(seeds):
        rows = np.sort(np.random.default_rng([seed, size]).choice(len(labelled.y), size=size, replace=False))
        result = train_model(
            labelled.pool.iloc[rows].reset_index(drop=True),
            labelled.y[rows],
            fields=labelled.fields,
            seed=0,
            tick=lambda share, what: None,  # noqa: ARG005
        )
        yield float((predict_items(result.model, labelled.test).class_ids == labelled.test_y).mean())


def texts_per_second(encoder: Encoder, texts: Sequence[str]) -> float:
    """Texts in a second of CPU, the encoder loaded before."""
    encoder.encode(texts[:BATCH_TEXTS])
    begun = time.process_time()
    for begin in range(0, len(texts), BATCH_TEXTS):
        encoder.encode(texts[begin : begin + BATCH_TEXTS])
    return len(texts) / (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=list(TEXT_SETS))
    parser.add_argument("--encoders", nargs="+", default=[one.name for one in ENCODERS])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    print("| set | encoder | texts/s | " + " | ".join(f"{size} labels" for size in SIZES) + " |")
    print("|" + "---|" * (3 + len(SIZES)))
    for name in options.sets:
        texts = read_texts(name, options.data)["text"].tolist()[:SPEED_TEXTS]
        for encoder in map(named_encoder, options.encoders):
            labelled = read_set(name, options.data, options.cache, encoder)
            draws = [pd.Series(list(accuracies(labelled, size, options.seeds))) for size in SIZES]
            cells = [f"{one.mean():.3f} ± {one.std():.3f}" for one in draws]
            speed = texts_per_second(encoder, texts)
            print(f"| {name} | {encoder.name} | {speed:.0f} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
