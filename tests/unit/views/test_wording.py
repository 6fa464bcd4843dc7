"""Words for people stand for everything that the product knows."""

from hitl.domain.fields import DERIVED_ROLES, Role
from hitl.loop.projects import METRICS
from hitl.ml.estimators.registry import ESTIMATORS
from hitl.ml.strategies.registry import STRATEGIES
from hitl.views.wording import ESTIMATOR_NAMES, METRIC_NAMES, ROLE_NAMES, STRATEGY_NAMES, field_text, plain


def test_every_role_strategy_metric_and_estimator_has_words():
    assert set(ROLE_NAMES) == set(Role) - DERIVED_ROLES  # nobody chooses those
    assert set(STRATEGY_NAMES) == set(STRATEGIES)
    assert set(METRIC_NAMES) == set(METRICS)
    assert set(ESTIMATOR_NAMES) == {estimator.name for estimator in ESTIMATORS} | {"external"}


def test_foreign_text_makes_no_markup():
    assert plain("[a](http://b) :red[c]\n# d") == r"\[a\]\(http\:\/\/b\) \:red\[c\] \# d"


def test_a_missing_value_reads_as_a_dash_and_a_number_without_tail():
    assert [field_text(value) for value in (None, "", 3.0, 0, "x")] == ["—", "—", "3", "0", "x"]


def test_a_number_of_an_item_keeps_its_digits():
    assert [field_text(value) for value in (1234567.5, 20260102.0, 0.1)] == ["1234567.5", "20260102", "0.1"]
