"""How unlike the training data an item is."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import percentileofscore
from sklearn.covariance import LedoitWolf
from sklearn.metrics.pairwise import cosine_distances
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

from hitl.ml import novelty
from hitl.ml.novelty import (
    RIDGE,
    CosineSpace,
    distances_to,
    fit_novelty,
    fit_space,
    novelty_percentiles,
    out_of_fold_distances,
    percentiles,
)
from hitl.ml.prediction import predict_items
from tests.unit.ml.small_data import TABLE, TEXT, measurements, messages, train

rng = np.random.default_rng(0)
DENSE = rng.normal(size=(80, 4))
CLASSES = np.arange(80) % 2


def test_a_percentile_of_a_hand_computed_case():
    assert percentiles(np.array([2.0]), np.array([1.0, 2.0, 3.0])).tolist() == [0.25]  # one of three below, of 3 + 1


@settings(max_examples=40, deadline=None)
@given(
    references=arrays(np.float64, st.integers(1, 20), elements=st.floats(-5, 5)),
    values=arrays(np.float64, 6, elements=st.floats(-5, 5)),
)
def test_percentiles_are_those_of_scipy_shrunk_by_one_more_item(references, values):
    ours = percentiles(values, np.sort(references))
    theirs = [percentileofscore(references, value, kind="strict") / 100 for value in values]
    assert ours == pytest.approx(np.array(theirs) * len(references) / (len(references) + 1))
    assert np.all((ours >= 0) & (ours < 1))


def test_dense_distances_are_those_of_scikit_learn():
    space = fit_space(DENSE, CLASSES, 0)
    found = distances_to(space, DENSE[:7] + 0.5)
    to_five, _ = NearestNeighbors(n_neighbors=5).fit(DENSE).kneighbors(DENSE[:7] + 0.5)
    means = np.array([DENSE[label == CLASSES].mean(axis=0) for label in (0, 1)])
    spread = LedoitWolf(assume_centered=True).fit(DENSE - means[CLASSES]).covariance_ + RIDGE * np.eye(4)
    offsets = (DENSE[:7] + 0.5)[:, None] - means
    to_means = np.sqrt(np.einsum("nci,ij,ncj->nc", offsets, np.linalg.inv(spread), offsets).min(axis=1))
    assert found[:, 0] == pytest.approx(to_five.mean(axis=1))
    assert found[:, 1] == pytest.approx(to_means)


def test_sparse_distances_are_cosines_of_scikit_learn():
    features = sp.random_array((60, 30), density=0.3, rng=0, format="csr")
    classes = np.arange(60) % 3
    found = distances_to(fit_space(features, classes, 0), features[:9])
    theirs, _ = NearestNeighbors(n_neighbors=5, metric="cosine").fit(features).kneighbors(features[:9])
    means = np.array([normalize(features).toarray()[classes == label].mean(axis=0) for label in range(3)])
    assert found[:, 0] == pytest.approx(theirs.mean(axis=1))
    assert found[:, 1] == pytest.approx(cosine_distances(features[:9], means).min(axis=1))


@pytest.mark.parametrize("most", [0, 3, 2_000])
def test_columns_multiplied_as_dense_ones_change_the_last_bits_only(monkeypatch, most):
    monkeypatch.setattr(novelty, "MOST_FREQUENT", most)
    frequent = sp.random_array((90, 12), density=0.6, rng=1, format="csr")
    rare = sp.random_array((90, 400), density=0.02, rng=2, format="csr")
    features = sp.hstack([frequent, rare, sp.csr_matrix((90, 3))]).tocsr()
    space = fit_space(features[:60], np.arange(60) % 3, 0)
    units = normalize(features[60:])
    nearest = np.sort((units @ space.prototypes.T).toarray(), axis=1)[:, -5:]
    found = distances_to(space, features[60:])
    assert found[:, 0] == pytest.approx(1 - nearest.mean(axis=1), rel=0, abs=1e-14)
    assert found[:, 1] == pytest.approx(1 - (units @ space.class_means.T).toarray().max(axis=1), rel=0, abs=1e-14)


def test_an_item_without_any_known_word_is_as_far_as_can_be():
    space = CosineSpace(sp.csr_matrix(np.eye(6)), sp.csr_matrix(np.eye(6)))
    assert distances_to(space, sp.csr_matrix((1, 6))).tolist() == [[1.0, 1.0]]


def test_fewer_prototypes_than_neighbours_serve():
    assert np.all(np.isfinite(distances_to(fit_space(DENSE[:2], CLASSES[:2], 0), DENSE)))


def test_a_column_without_spread_and_classes_of_one_are_no_trouble():
    features = np.column_stack([DENSE, np.ones(80), DENSE[:, 0]])
    assert np.all(np.isfinite(distances_to(fit_space(features, np.arange(80), 0), features)))


def test_blocks_do_not_change_distances(monkeypatch):
    space = fit_space(DENSE, CLASSES, 0)
    whole = distances_to(space, DENSE)
    monkeypatch.setattr(novelty, "BLOCK_ROWS", 7)
    assert distances_to(space, DENSE) == pytest.approx(whole)


def test_references_are_distances_to_other_folds_only():
    folds = np.arange(80) % 4
    seen = []

    def fold_features(train_rows, test_rows):
        seen.append((set(folds[train_rows].tolist()), set(folds[test_rows].tolist())))
        return DENSE[train_rows], DENSE[test_rows]

    blocks = list(out_of_fold_distances(fold_features, folds, CLASSES, np.arange(80), 0))
    assert sum(len(block) for block in blocks) == 80
    assert all(not train & test for train, test in seen)


def test_familiar_items_spread_evenly_over_the_percentiles():
    references = distances_to(fit_space(DENSE[:40], CLASSES[:40], 0), DENSE[40:])
    model = fit_novelty(None, DENSE[:40], CLASSES[:40], references, 0)
    fresh = novelty_percentiles(model, np.random.default_rng(5).normal(size=(2_000, 4)))
    assert fresh.mean() == pytest.approx(0.5, abs=0.1)


def test_a_class_never_seen_is_more_novel_than_the_known_ones():
    inputs, class_ids = messages(300)
    known = class_ids != 3
    model = train(inputs[known].reset_index(drop=True), class_ids[known], TEXT).model
    later, truth = messages(90, seed=4)
    found = predict_items(model, later).novelty
    assert np.median(found[truth == 3]) > 0.8 > 0.7 > np.median(found[truth != 3])


def test_a_measurement_far_outside_is_novel():
    inputs, class_ids = measurements(150)
    model = train(inputs, class_ids, TABLE).model
    strange = inputs.head(3).assign(weight=[40.0, -40.0, 25.0])
    assert np.all(predict_items(model, strange).novelty > 0.98)
