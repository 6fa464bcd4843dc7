"""How often the words of the classes alone hint at the right class, and for how many items.

    python -m bench.hints --data DIR [--items 2000]

DIR holds ``agnews.csv``, ``banking77.csv``, ``sms.csv`` and ``mr.csv`` (columns ``text,label``). All items, or a random
part, are compared with the names of their classes as they stand there, and with a sentence on each beside the name
where one was written down, before anything was measured.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from hitl.adapters.encoders.registry import default_encoder
from hitl.domain.records import LabelClass
from hitl.loop.hints import class_texts, clearly_nearest

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--items", type=int)
    options = parser.parse_args()
    print("| set | words of the classes | right where shown | shown for | right, the class worst hinted at (hints) |")
    print("|---|---|---|---|---|")
    for name in ("agnews", "banking77", "sms", "mr"):
        found = pd.read_csv(options.data / f"{name}.csv")
        if options.items:
            found = found.iloc[np.random.default_rng(0).choice(len(found), options.items, replace=False)]
        names, y = np.unique(found["label"].astype(str), return_inverse=True)
        vectors = default_encoder().encode(found["text"].astype(str).tolist())
        measure(name, "names", vectors, y, [(one, "") for one in names])
        if name in GUIDELINES:
            measure(name, "names and a sentence", vectors, y, [(one, GUIDELINES[name][one]) for one in names])


def measure(name, words, vectors, y, classes):
    known = [LabelClass(n, one, one, guideline, n, retired=False) for n, (one, guideline) in enumerate(classes)]
    hinted = clearly_nearest(vectors @ default_encoder().encode(class_texts(known)).T)
    shown = hinted >= 0
    right = hinted == y
    by_class = [(right[hinted == one].mean(), int((hinted == one).sum())) for one in np.unique(hinted[shown])]
    share, count = min(one for one in by_class if one[1] >= 10)
    print(f"| {name} | {words} | {right[shown].mean():.2f} | {shown.mean():.0%} | {share:.2f} ({count}) |", flush=True)


if __name__ == "__main__":
    main()
