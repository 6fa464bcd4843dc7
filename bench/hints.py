"""How often the words of the classes alone hint at the right class, and for how many items.

    python -m bench.hints --data DIR [--items 2000]
    python -m bench.hints --data DIR --items 6000 --prior

DIR holds ``agnews.csv``, ``banking77.csv``, ``sms.csv`` and ``mr.csv`` (columns ``text,label``). All items, or a random
part, are compared with the names of their classes as they stand there, and with a sentence on each beside the name
where one was written down, before anything was measured.

``--prior`` measures instead what a model would gain if it learned from these words too, as one more item of each class
beside labels drawn at random: accuracy on 1,500 other items without and with them.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from hitl.adapters.encoders.registry import default_encoder
from hitl.domain.class_words import class_texts
from hitl.domain.records import LabelClass
from hitl.loop.hints import clearly_nearest
from hitl.ml.label_spreading import make_lesson, spread_labels, tie_neighbours

GUIDELINES = {
    "sms": {
        "ham": "A personal message between people who know each other.",
        "spam": "Advertising, prizes, premium numbers and fraud.",
    },
    "agnews": {
        "business": "Companies, markets, economy and trade.",
        "scitech": "Science, computers, the internet and technology.",
        "sports": "Matches, players, teams and competitions.",
        "world": "Politics, wars and international affairs.",
    },
    "mr": {"negative": "The reviewer dislikes the film.", "positive": "The reviewer likes the film."},
}


LABELS = (20, 50, 100, 200)
SEEDS, TEST, POOL = 5, 1_500, 4_000
STRENGTH = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--items", type=int)
    parser.add_argument("--prior", action="store_true")
    options = parser.parse_args()
    measure = measure_prior if options.prior else measure_hints
    if options.prior:
        print("| set | words of the classes | " + " | ".join(f"{count} labels" for count in LABELS) + " |")
        print("|---|---|" + "---|" * len(LABELS))
    else:
        print(
            "| set | words of the classes | right where shown | shown for | right, the class worst hinted at (hints) |"
        )
        print("|---|---|---|---|---|")
    for name in ("agnews", "banking77", "sms", "mr"):
        found = pd.read_csv(options.data / f"{name}.csv")
        if options.items:
            found = found.iloc[np.random.default_rng(0).permutation(len(found))[: options.items]]
        names, y = np.unique(found["label"].astype(str), return_inverse=True)
        vectors = default_encoder().encode(found["text"].astype(str).tolist())
        measure(name, "names", vectors, y, [(one, "") for one in names])
        if name in GUIDELINES:
            measure(name, "names and a sentence", vectors, y, [(one, GUIDELINES[name][one]) for one in names])


def encode_classes(classes):
    known = [LabelClass(n, one, one, guideline, n, retired=False) for n, (one, guideline) in enumerate(classes)]
    return default_encoder().encode(class_texts(known))


def measure_hints(name, words, vectors, y, classes):
    hinted = clearly_nearest(vectors @ encode_classes(classes).T)
    shown = hinted >= 0
    right = hinted == y
    by_class = [(right[hinted == one].mean(), int((hinted == one).sum())) for one in np.unique(hinted[shown])]
    share, count = min(one for one in by_class if one[1] >= 10)
    print(f"| {name} | {words} | {right[shown].mean():.2f} | {shown.mean():.0%} | {share:.2f} ({count}) |", flush=True)


def measure_prior(name, words, vectors, y, classes):
    said = encode_classes(classes)
    cells = []
    for count in LABELS:
        accuracies = [accuracy_with_prior(vectors, y, said, count, seed) for seed in range(SEEDS)]
        cells.append(" / ".join(f"{one:.3f}" for one in np.mean(accuracies, axis=0)))
    print(f"| {name} | {words} | {' | '.join(cells)} |", flush=True)


def accuracy_with_prior(vectors, y, said, count, seed):
    """Without and with the words of the classes among what is learned from."""
    order = np.random.default_rng(seed).permutation(len(y))
    known, test, pool = order[:count], order[-TEST:], order[count:-TEST][:POOL]
    learned = [
        (vectors[known], y[known]),
        (np.vstack([vectors[known], said]), np.append(y[known], np.arange(len(said)))),
    ]
    return [accuracy(features, given, vectors[pool], (vectors[test], y[test])) for features, given in learned]


def accuracy(features, y, pool, test):
    if len(np.unique(y)) < 2:
        return (y[0] == test[1]).mean()
    with threadpool_limits(limits=1):
        every = np.vstack([features, pool])
        guesses = spread_labels(tie_neighbours(every, len(y)), np.arange(len(y)), y)
        lesson = make_lesson(features, y, every[guesses.rows], guesses, 1.0)
        model = LogisticRegression(C=STRENGTH, max_iter=300)
        model.fit(lesson.features, lesson.y, sample_weight=lesson.weights)
        return (model.predict(test[0]) == test[1]).mean()


if __name__ == "__main__":
    main()
