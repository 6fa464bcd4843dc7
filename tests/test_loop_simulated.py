"""The whole loop, driven by a simulated reviewer through the command line: labels make the model better."""

import csv
import json

import pytest
from typer.testing import CliRunner

from hitl.cli import app
from tests.generated_texts import write_messages

BUDGET = 120


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("texts") / "messages.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("text", "label"), *write_messages(600)])
    return path


def simulate(file, *options):
    out = file.with_name("curve.json")
    arguments = ["simulate", file, "--label", "label", "--budget", BUDGET, "--batch", 20, "--encoder", "none"]
    arguments += ["--json", out, *options]
    result = CliRunner().invoke(app, ["--data", str(file.parent), *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return json.loads(out.read_text("utf-8"))


@pytest.fixture(scope="module")
def by_default(file):
    return simulate(file)


def test_decisions_raise_the_accuracy_towards_what_all_labels_give(by_default):
    curve = by_default["curve"]
    assert [point["decisions"] for point in curve] == list(range(20, BUDGET + 1, 20))
    assert curve[-1]["test_accuracy"] >= curve[0]["test_accuracy"] + 0.1
    assert curve[-1]["test_accuracy"] >= by_default["full_data_accuracy"] - 0.15
    assert all(point["test_macro_f1"] is not None and point["train_seconds"] > 0 for point in curve)


def test_the_default_order_is_not_worse_than_chance_by_much(by_default, file):
    by_chance = simulate(file, "--strategy", "random")

    def area(result):
        return sum(point["test_accuracy"] for point in result["curve"]) / len(result["curve"])

    assert area(by_default) >= area(by_chance) - 0.05


def test_the_result_names_its_arguments_rows_and_libraries(by_default):
    assert by_default["arguments"]["budget"] == BUDGET
    assert by_default["arguments"]["file"] == "messages.csv"
    assert by_default["columns"] == {"text": "text"}
    assert (by_default["pool_rows"], by_default["test_rows"]) == (450, 150)
    assert {"tandem", "scikit-learn", "numpy"} <= set(by_default["versions"])


def test_an_erring_reviewer_costs_accuracy(by_default, file):
    erring = simulate(file, "--reviewer-error", "0.4")
    assert erring["curve"][-1]["test_accuracy"] < by_default["curve"][-1]["test_accuracy"]
