"""Log-probabilities from any of our classifiers."""

import warnings

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from hitl.ml.class_scores import class_log_proba, fit_classifier


def points(n_classes, n_items=60):
    rng = np.random.default_rng(0)
    y = np.arange(n_items) % n_classes
    return rng.normal(size=(n_items, 3)) + y[:, None], y


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("classifier", [LogisticRegression(), HistGradientBoostingClassifier(max_iter=5)])
def test_a_model_with_probabilities_keeps_them(classifier, n_classes):
    features, y = points(n_classes)
    fitted = fit_classifier(classifier, features, y)
    assert np.exp(class_log_proba(fitted, features)) == pytest.approx(fitted.predict_proba(features))


@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_machine_with_margins_ranks_as_it_predicts(n_classes):
    features, y = points(n_classes)
    fitted = fit_classifier(LinearSVC(random_state=0), features, y)
    log_proba = class_log_proba(fitted, features)
    assert np.exp(log_proba).sum(axis=1) == pytest.approx(np.ones(len(y)))
    assert np.array_equal(fitted.classes_[log_proba.argmax(axis=1)], fitted.predict(features))


def test_one_class_alone_is_answered_with_certainty():
    fitted = fit_classifier(LinearSVC(), np.ones((3, 2)), np.array([7, 7, 7]))
    assert fitted.classes_.tolist() == [7]
    assert class_log_proba(fitted, np.ones((2, 2))).tolist() == [[0.0], [0.0]]


def test_no_features_give_the_shares_of_the_classes():
    fitted = fit_classifier(LinearSVC(), np.empty((4, 0)), np.array([1, 1, 1, 2]))
    assert np.exp(class_log_proba(fitted, np.empty((1, 0)))) == pytest.approx(np.array([[0.75, 0.25]]))


def test_many_classes_of_few_items_raise_no_warning():
    features = np.eye(12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit_classifier(LinearSVC(random_state=0), features, np.arange(12) % 10)
