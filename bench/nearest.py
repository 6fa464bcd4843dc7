"""What it costs to list the items nearest to a sentence among many: seconds of CPU on one thread, and memory.

    OMP_NUM_THREADS=1 python -m bench.nearest [--items 100000]

Embeddings are random directions: what they say costs nothing. The first search reads all items; later ones compare
alone. The encoder is loaded before, and its seconds are told apart.
"""

import argparse
import resource
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.big_project import AT, build_big_project
from hitl.adapters.encoders.registry import default_encoder
from hitl.adapters.text_embeddings import TextEmbeddings
from hitl.domain.explore_filter import ExploreFilter
from hitl.loop.nearest import nearest_to_item, nearest_to_sentence
from hitl.store.connection import write_transaction
from hitl.store.encoding import items_to_encode, note_encoded

SENTENCE = "the garden chair came with a broken leg"
AT_ONCE = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    options = parser.parse_args()
    with TemporaryDirectory() as data_dir:
        project = build_big_project(Path(data_dir), items=options.items, labelled=0)
        keep_random(project)
        told("the encoder loads", lambda: default_encoder().encode([SENTENCE]))
        db, folder, everything = project.db, project.folder, ExploreFilter()
        before = peak_megabytes()
        told("first search", lambda: nearest_to_sentence(db, folder, SENTENCE, chosen=everything))
        told("search", lambda: nearest_to_sentence(db, folder, SENTENCE, chosen=everything))
        item = next(project.db.query("SELECT external_id FROM items LIMIT 1"))["external_id"]
        told("search by an item", lambda: nearest_to_item(db, folder, item, chosen=everything))
        print(f"peak of memory before and after, MB: {before}, {peak_megabytes()}")


def keep_random(project):
    """All texts have an embedding."""
    rng = np.random.default_rng(0)

    def scattered(texts):
        vectors = rng.standard_normal((len(texts), default_encoder().dimension), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    kept, last = TextEmbeddings(project.folder, replace(default_encoder(), encode=scattered)), 0
    while rows := items_to_encode(project.db, after=last, limit=AT_ONCE):
        kept.keep([row["fields"]["text"] for row in rows])
        last = rows[-1]["id"]
    how = {"encoded_to": last, "kept_count": kept.kept_count, "texts_per_second": None, "at": AT}
    with write_transaction(project.db):
        note_encoded(project.db, default_encoder().recipe, **how)
    print(f"{kept.kept_count:,} different texts of {last:,} items")


def told(name, act):
    begun = time.process_time()
    act()
    print(f"{name}: {time.process_time() - begun:.2f} s", flush=True)


def peak_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
