"""Learning from images: accuracy on scikit-learn's digits against its own logistic regression on the raw pixels.

    python -m bench.images [--seeds 3]

Both learn from the same labels and answer the same 500 digits, which neither has seen. ``tandem`` is the whole of a
training (candidates compared, calibration, novelty) on the features of the drawn images; ``plain`` is
``LogisticRegression(max_iter=1000)`` on the 64 counts that scikit-learn carries. Seconds are of CPU.
"""

import argparse
import time

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from hitl.adapters.image_files import make_picture, read_pixels
from hitl.adapters.ink import draw_ink
from hitl.domain.fields import Field, Role
from hitl.ml.digits import MOST_INK, load_digits
from hitl.ml.image_features import describe_images
from hitl.ml.inputs import prepare_inputs
from hitl.ml.prediction import predict_items
from hitl.ml.training import train_model

SIZES = (50, 200, 600)
TEST_DIGITS = 500
FIELDS = (Field("drawing", Role.IMAGE),)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    digits = load_digits(seed=0)
    y = np.array([int(name) for name in digits.names], dtype=np.int64)
    inputs = _inputs(digits.ink)
    raw = digits.ink.reshape(len(y), -1).astype(float)
    rest = np.arange(TEST_DIGITS, len(y))
    print("| labels | tandem | plain | tandem s | plain s |\n|---|---|---|---|---|")
    for size in (*SIZES, len(rest)):
        seeds = range(options.seeds if size < len(rest) else 1)
        rows = [np.sort(np.random.default_rng(seed).choice(rest, size, replace=False)) for seed in seeds]
        means = np.mean([[*_tandem(inputs, y, one), *_plain(raw, y, one)] for one in rows], axis=0)
        print(f"| {size:,} | {means[0]:.3f} | {means[2]:.3f} | {means[1]:.1f} | {means[3]:.1f} |", flush=True)


def _inputs(ink: np.ndarray) -> pd.DataFrame:
    files = [draw_ink(one / MOST_INK) for one in ink]
    begin = time.process_time()
    pictures = [make_picture(file) for file in files]
    kept = time.process_time()
    pixels = np.stack([read_pixels(picture.data) for picture in pictures])
    read = time.process_time()
    features = describe_images(pixels)
    described = time.process_time()
    for what, seconds in (("made safe", kept - begin), ("read", read - kept), ("described", described - read)):
        print(f"{what}: {len(ink) / seconds:,.0f} images a second of CPU")
    return prepare_inputs(pd.DataFrame({"drawing": list(features)}), FIELDS)


def _tandem(inputs: pd.DataFrame, y: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
    begin = time.process_time()
    result = train_model(inputs.iloc[rows], y[rows], fields=FIELDS, seed=0, tick=lambda share, what: None)  # noqa: ARG005
    seconds = time.process_time() - begin
    answers = predict_items(result.model, inputs.iloc[:TEST_DIGITS]).class_ids
    return float((answers == y[:TEST_DIGITS]).mean()), seconds


def _plain(raw: np.ndarray, y: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
    begin = time.process_time()
    model = LogisticRegression(max_iter=1_000).fit(raw[rows], y[rows])
    return float(model.score(raw[:TEST_DIGITS], y[:TEST_DIGITS])), time.process_time() - begin


if __name__ == "__main__":
    main()
