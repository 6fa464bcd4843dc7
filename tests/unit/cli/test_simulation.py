"""simulate: what it reads, what it writes, what it refuses."""

import json

import pytest

from tests.generated_texts import write_messages
from tests.image_zip import bars, zip_of_files


@pytest.fixture
def file(terminal):
    rows = [(n, text, len(text), topic) for n, (text, topic) in enumerate(write_messages(80))]
    return terminal.write("messages.csv", ("id", "text", "size", "topic"), [*rows, (80, "no label", 8, "")])


def simulate(terminal, file, *options):
    out = terminal.folder / "out.json"
    terminal.done("simulate", file, "--budget", 15, "--batch", 15, "--json", out, *options)
    return json.loads(out.read_text("utf-8"))


def test_roles_are_detected_and_what_is_no_input_is_left_out(terminal, file):
    result = simulate(terminal, file, "--label", "topic")
    assert result["columns"] == {"text": "text", "size": "number"}
    assert (result["pool_rows"], result["test_rows"], result["rows_left_out"]) == (60, 20, 1)
    assert [point["decisions"] for point in result["curve"]] == [15]
    assert 0 <= result["full_data_accuracy"] <= 1
    assert not (terminal.data / "projects").exists()


def test_with_text_given_nothing_else_is_learned_from(terminal, file):
    assert simulate(terminal, file, "--label", "topic", "--text", "text")["columns"] == {"text": "text"}


def test_rows_to_test_on_may_come_from_a_file_and_are_not_in_the_pool(terminal, file):
    test = terminal.write("test.csv", ("text", "size", "topic"), [(t, len(t), c) for t, c in write_messages(10)])
    result = simulate(terminal, file, "--label", "topic", "--test", test)
    assert (result["pool_rows"], result["test_rows"]) == (70, 10)
    assert result["arguments"]["test"] == "test.csv"


def test_without_a_file_the_curve_goes_to_stdout(terminal, file):
    done = terminal.done("simulate", file, "--label", "topic", "--budget", 15, "--batch", 15)
    assert json.loads(done.stdout)["curve"][0]["decisions"] == 15
    assert "15 decisions: accuracy" in done.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--label", "truth"), "The file has no column 'truth'. Its columns are: id, text, size, topic."),
        (
            ("--label", "topic", "--text", "body"),
            "The file has no column 'body'. Its columns are: id, text, size, topic.",
        ),
        (("--label", "topic", "--strategy", "luck"), "There is no query strategy 'luck'."),
        (("--label", "topic", "--reviewer-error", "1"), "The reviewer's error is a share from 0 to below 1"),
    ],
)
def test_what_can_not_be_meant_is_refused_in_a_sentence(terminal, file, options, sentence):
    assert terminal.refused("simulate", file, *options).startswith(sentence)


def test_a_file_that_is_not_there_is_refused(terminal):
    assert "There is no file" in terminal.refused("simulate", terminal.folder / "no.csv", "--label", "topic")


def test_a_result_that_can_not_be_written_is_refused_in_a_sentence(terminal, file):
    out = terminal.folder / "nowhere" / "out.json"
    options = ("--label", "topic", "--budget", 10, "--batch", 10, "--json", out)
    assert "can't be written" in terminal.refused("simulate", file, *options)


def test_a_zip_of_images_is_simulated_by_its_folders(terminal):
    files = {f"{('up', 'across')[n % 2]}/{n}.png": bars(n, upright=n % 2 == 0) for n in range(80)}
    path = terminal.folder / "bars.zip"
    path.write_bytes(zip_of_files(files))
    result = simulate(terminal, path, "--label", "folder")
    assert result["columns"] == {"image": "image"}
    assert (result["pool_rows"], result["test_rows"]) == (60, 20)
    assert result["full_data_accuracy"] > 0.8
