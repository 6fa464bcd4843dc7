"""The breast-cancer data that scikit-learn carries, with columns and classes a reader understands."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer

CLASS_COLUMN = "diagnosis"
ID_COLUMN = "case"
_KINDS = {"mean": "mean", "error": "standard error", "worst": "worst"}


def load_cytology(*, seed: int) -> pd.DataFrame:
    """One row a needle sample, mixed by the seed: its id, 30 measurements of its cell nuclei, its diagnosis.

    Returns
    -------
    DataFrame, shape (569, 32)
        ``case`` (str), 30 columns of float64 such as "Radius (mean)", ``diagnosis`` ("Malignant" or "Benign").

    Examples
    --------
    >>> table = load_cytology(seed=0)
    >>> table.shape, table.columns[1], table["diagnosis"].value_counts()["Benign"]
    ((569, 32), 'Radius (mean)', np.int64(357))
    """
    bundle = load_breast_cancer()
    columns = [_readable(str(name)) for name in bundle.feature_names]
    table = pd.DataFrame(bundle.data, columns=columns)
    table[CLASS_COLUMN] = [str(bundle.target_names[target]).capitalize() for target in bundle.target]
    mixed = table.iloc[np.random.default_rng(seed).permutation(len(table))].reset_index(drop=True)
    mixed.insert(0, ID_COLUMN, [f"C-{number:03d}" for number in range(1, len(mixed) + 1)])
    return mixed


def _readable(name: str) -> str:
    """The quantity first, then what was taken of it: "worst concave points" → "Concave points (worst)"."""
    words = name.split()
    kind = next(word for word in words if word in _KINDS)
    quantity = " ".join(word for word in words if word != kind)
    return f"{quantity.capitalize()} ({_KINDS[kind]})"
