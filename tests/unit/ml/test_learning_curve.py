"""What more labels bring: the curve by cross-validation, and the power law that is only a hint."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from hitl.domain.errors import NotEnoughLabels
from hitl.domain.fields import Field, Role
from hitl.ml import cross_validation
from hitl.ml.class_words import ClassWords
from hitl.ml.inputs import prepare_inputs
from hitl.ml.learning_curve import (
    FEWEST_REPEATS,
    MOST_REPEATS,
    CurvePoint,
    LearningCurve,
    PowerLaw,
    cross_validated_curve,
    fit_power_law,
    gain_of_more,
    labels_for,
)
from tests.unit.ml.small_data import train
from tests.unit.ml.test_label_spreading import FIELD, SIZE, as_inputs, clouds

pd = pytest.importorskip("pandas")
FIELDS = (Field("a", Role.NUMBER), Field("b", Role.NUMBER))
N_TOPICS, OF_EACH = 12, 50
POINTS, FOUND = clouds([OF_EACH] * N_TOPICS, spread=3.5)
IS_LABELLED = np.arange(len(FOUND)) % OF_EACH < 5
POOL = as_inputs(POINTS[~IS_LABELLED])
WORDS = ClassWords(np.arange(N_TOPICS + 1) * 10, np.roll(np.eye(SIZE, dtype=np.float32)[: N_TOPICS + 1], 1, axis=0))
"""Class 0, which nobody has given, and one of each topic."""


def blobs(count, seed=0):
    """Two classes of numbers that overlap a little."""
    rng = np.random.default_rng(seed)
    y = rng.integers(1, 3, count)
    frame = pd.DataFrame({"a": rng.normal(y * 1.5, 1.0), "b": rng.normal(0, 1.0, count)})
    return prepare_inputs(frame, FIELDS), y.astype(np.int64)


def curve(count, *, has_time=lambda: False, tick=lambda share, note: None, seed=0):
    inputs, y = blobs(count)
    return cross_validated_curve(
        inputs,
        y,
        fields=FIELDS,
        estimator="tabular_linear",
        parameters={"C": 1.0, "class_weight": None},
        seed=seed,
        has_time=has_time,
        tick=tick,
    )


def curve_of_topics(parameters, **more):
    """Five labels of each of twelve topics; more items of them have none."""
    return cross_validated_curve(
        as_inputs(POINTS[IS_LABELLED]),
        10 * (FOUND[IS_LABELLED] + 1),
        fields=(FIELD,),
        estimator="text_embedded",
        parameters=parameters,
        seed=0,
        has_time=lambda: False,
        **{"tick": lambda share, note: None, **more},
    )


def points_of(law, sizes=(25, 40, 63, 100), deviation=0.0):
    return [CurvePoint(n, law.accuracy_at(n), 0.0, 1.0, deviation) for n in sizes]


def test_it_has_four_points_of_four_fifths_of_each_part():
    found = curve(200)
    assert [point.label_count for point in found.points] == [40, 64, 101, 160]
    assert found.repeats == FEWEST_REPEATS
    assert all(point.low <= point.accuracy <= point.high for point in found.points)


def test_the_same_labels_and_seed_give_the_same_curve():
    assert curve(80) == curve(80)
    assert curve(80, seed=1) != curve(80)


def test_it_goes_on_while_there_is_time():
    assert curve(60, has_time=lambda: True).repeats == MOST_REPEATS


def test_it_ends_when_the_job_may_not_go_on():
    class Cancelled(Exception):
        pass

    def refuse(_share, _note):
        raise Cancelled

    with pytest.raises(Cancelled):
        curve(60, tick=refuse)


def test_the_job_says_which_round_it_is_in_and_never_goes_back():
    said = []
    curve(60, tick=lambda share, note: said.append((share, note)))
    assert [share for share, _note in said] == sorted(share for share, _note in said)
    notes = list(dict.fromkeys(note for _share, note in said))
    assert notes == [f"Training on parts of the labels, round {number} of at most 12" for number in (1, 2, 3)]


@pytest.mark.parametrize("words", [None, WORDS], ids=["pool", "pool and words"])
def test_it_ends_where_the_version_was_cross_validated_with_what_it_learned_from(words):
    labels = 10 * (FOUND[IS_LABELLED] + 1)
    version = train(as_inputs(POINTS[IS_LABELLED]), labels, (FIELD,), pool=POOL, words=words)
    parameters = version.chosen.parameters
    assert (parameters["unlabelled_weight"], bool(parameters.get("class_words"))) == (1.0, words is not None)
    last = curve_of_topics(parameters, pool=POOL, words=words).points[-1].accuracy
    alone = curve_of_topics(parameters).points[-1].accuracy
    assert last == pytest.approx(np.mean(version.oof_class_ids == labels), abs=0.05)
    assert last > alone + 0.1


def test_guesses_flow_from_the_labels_of_the_part_and_the_words_of_all_classes(monkeypatch):
    started, whole = [], cross_validation.spread_labels

    def spread(neighbourhood, rows, y):
        guesses = whole(neighbourhood, rows, y)
        started.append((rows, guesses.rows))
        return guesses

    monkeypatch.setattr(cross_validation, "spread_labels", spread)
    parameters = {"C": 50.0, "class_weight": "balanced", "unlabelled_weight": 1.0, "class_words": 1.0}
    curve_of_topics(parameters, pool=POOL, words=WORDS)
    label_count, word_count = int(IS_LABELLED.sum()), len(WORDS.class_ids)
    for place, part in enumerate((15, 24, 38, 60)):
        folds = started[5 * place : 5 * place + 5]
        labels = [set(rows[rows < label_count].tolist()) for rows, _guessed in folds]
        assert len(set.union(*labels)) == part
        assert all(len(one) < part for one in labels)
        assert all(np.sum(rows >= label_count) == word_count for rows, _guessed in folds)
        assert all(guessed.min() >= label_count + word_count for _rows, guessed in folds)


def test_too_few_labels_are_refused():
    with pytest.raises(NotEnoughLabels, match="at least 40 labels; there are 39"):
        curve(39)


def test_a_hand_computed_law_is_found_again():
    law = PowerLaw(0.05, 1.0, 0.5)
    found = fit_power_law(points_of(law, sizes=(25, 100, 400, 1600)))
    assert found.exponent == pytest.approx(0.5)
    assert (found.floor, found.scale) == pytest.approx((0.05, 1.0), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(floor=st.floats(0, 0.2), scale=st.floats(0.3, 1.5), exponent=st.floats(0.2, 1.0), size=st.integers(40, 4_000))
def test_a_law_without_noise_is_followed_beyond_its_points(floor, scale, exponent, size):
    law = PowerLaw(floor, scale, exponent)
    sizes = tuple(round(size * share) for share in (0.25, 0.4, 0.63, 1.0))
    found = fit_power_law(points_of(law, sizes))
    if law.accuracy_at(sizes[-1]) - law.accuracy_at(sizes[0]) < 0.01:
        assert found is None
    else:
        assert found.accuracy_at(2 * size) == pytest.approx(law.accuracy_at(2 * size), abs=0.01)


def test_it_is_no_worse_than_a_search_by_scipy():
    rng = np.random.default_rng(5)
    n = np.array([50.0, 80.0, 126.0, 200.0])
    for _ in range(20):
        error = 0.1 + 1.2 * n**-0.5 + rng.normal(0, 0.004, 4)
        points = [CurvePoint(int(size), 1 - e, 0, 1, 0.0) for size, e in zip(n, error, strict=True)]
        law = fit_power_law(points)
        best, _ = curve_fit(
            lambda x, a, b, c: a + b * x**-c,
            n,
            error,
            p0=(0.1, 1.0, 0.5),
            sigma=n**-0.5,
            bounds=([0, 0, 0.15], [1, 50, 1.2]),
            maxfev=20_000,
        )
        theirs = n @ (error - best[0] - best[1] * n ** -best[2]) ** 2
        ours = n @ (error - law.floor - law.scale * n**-law.exponent) ** 2
        assert ours <= theirs * 1.02 + 1e-9  # the grid of exponents is .005 wide


@pytest.mark.parametrize(
    "points",
    [
        points_of(PowerLaw(0.1, 0.0, 0.5)),
        points_of(PowerLaw(0.1, 1.0, 0.5), deviation=0.2),
        points_of(PowerLaw(0.1, 1.0, 0.5))[:3],
        list(reversed(points_of(PowerLaw(0.1, 1.0, 0.5)))),
    ],
    ids=["flat", "noisy", "three points", "falling"],
)
def test_where_the_points_carry_no_law_there_is_none(points):
    assert fit_power_law(points) is None


def test_without_spread_the_gain_is_the_laws_and_its_range_nothing_wide():
    law = PowerLaw(0.05, 1.0, 0.5)
    sizes = (25, 100, 400, 1600)
    gain = gain_of_more(LearningCurve(tuple(points_of(law, sizes)), 3), label_count=1_600, rng=np.random.default_rng(1))
    expected = 1_600**-0.5 - 1_700**-0.5
    assert (gain.value, gain.low, gain.high) == pytest.approx((expected,) * 3, abs=1e-9)
    assert gain.label_count == 100


def test_spread_between_repeats_widens_the_range_of_the_gain():
    points = tuple(points_of(PowerLaw(0.05, 1.5, 0.5), deviation=0.02))
    gain = gain_of_more(LearningCurve(points, 3), label_count=100, rng=np.random.default_rng(1))
    assert 0.0 <= gain.low < gain.value < gain.high


def test_where_there_is_no_law_there_is_no_gain():
    flat = LearningCurve(tuple(points_of(PowerLaw(0.1, 0.0, 0.5))), 3)
    assert gain_of_more(flat, label_count=100, rng=np.random.default_rng(1)) is None


@given(floor=st.floats(0, 0.1), scale=st.floats(0.1, 2), exponent=st.floats(0.15, 1.2), accuracy=st.floats(0.3, 0.85))
def test_the_labels_for_an_accuracy_reach_it(floor, scale, exponent, accuracy):
    law = PowerLaw(floor, scale, exponent)
    needed = labels_for(law, accuracy)
    if needed is not None and 1 < needed < 1e12:
        assert law.accuracy_at(needed) == pytest.approx(accuracy, abs=1e-6)
