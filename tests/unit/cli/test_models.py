"""train, versions, promote, rollback."""

import shutil

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import submit_job
from hitl.store.connection import open_tandem
from hitl.store.jobs import claim_next_job
from hitl.worker.process import claim_lock
from tests.generated_texts import write_messages
from tests.unit.cli.conftest import Terminal, living_worker


@pytest.fixture
def own(trained, tmp_path):
    """A copy of the trained project that the test may change."""
    terminal = Terminal(tmp_path)
    shutil.copytree(trained.data, terminal.data)
    return terminal


def test_the_first_training_is_promoted_and_told_with_its_accuracy(trained):
    [version] = trained.json("versions", "messages")["versions"]
    assert (version["version"], version["is_champion"], version["labels"]) == ("Version 1", True, 80)
    assert 0 < version["accuracy"]["value"] <= 1
    assert "* Version 1" in trained.done("versions", "messages").stdout


def test_versions_of_a_project_without_any_says_how_to_get_one(terminal):
    file = terminal.write("m.csv", ("text", "label"), write_messages(20))
    terminal.done("create", "Few", "--file", file, "--no-import")
    assert "python -m hitl train few" in terminal.done("versions", "few").stdout
    assert terminal.json("versions", "few") == {"versions": []}


def test_training_without_enough_labels_is_refused(terminal):
    file = terminal.write("m.csv", ("text", "label"), write_messages(5))
    terminal.done("create", "Few", "--file", file)
    assert terminal.refused("train", "few").startswith("Training needs at least 10 labels")


def test_train_promote_and_rollback_go_through_the_history(own):
    made = own.json("train", "messages", "--seed", "1")
    assert (made["version"], made["promoted"], made["is_champion"]) == ("Version 2", False, False)
    assert own.json("promote", "messages", "2", "--reason", "Measured")["version"] == "Version 2"
    assert own.json("status", "messages")["champion"] == "Version 2"
    assert own.json("rollback", "messages", "--reason", "It was worse")["version"] == "Version 1"
    assert own.json("status", "messages")["champion"] == "Version 1"


def test_a_rollback_after_an_import_lets_the_old_version_answer_the_new_items(own):
    own.done("train", "messages")
    own.done("promote", "messages", "Version 2", "--reason", "Measured")
    more = own.write("more.csv", ("id", "text", "label"), [("late", "one more lost parcel", "")])
    own.done("ingest", "messages", more)
    assert own.json("rollback", "messages", "--reason", "It was worse")["version"] == "Version 1"
    own.done("export", "messages", "predictions", "--out", own.folder / "p.jsonl")
    assert '"id": "late", "model_version": "Version 1"' in (own.folder / "p.jsonl").read_text()


def test_a_version_whose_predictions_were_removed_answers_again_when_promoted(own):
    for number in (2, 3, 4):
        own.done("train", "messages")
        own.done("promote", "messages", number, "--reason", "Next")
    assert own.json("promote", "messages", "1", "--reason", "The old one was better")["version"] == "Version 1"
    own.done("export", "messages", "predictions", "--out", own.folder / "p.csv")
    assert (own.folder / "p.csv").read_text().count("Version 1") >= 160
    assert own.json("doctor")["ok"]


def test_promote_refuses_the_champion_an_unknown_version_and_an_empty_reason(own):
    assert "is the champion already" in own.refused("promote", "messages", "1", "--reason", "Again")
    sentence = own.refused("promote", "messages", "9", "--reason", "Why not")
    assert sentence == "There is no version '9'. Versions here: Version 1."
    own.done("train", "messages")
    assert "Say why" in own.refused("promote", "messages", "2", "--reason", " ")


def test_rollback_refuses_where_there_is_nothing_to_return_to(own):
    assert "no earlier champion" in own.refused("rollback", "messages", "--reason", "Back")


def test_promote_without_a_reason_is_wrong_use(trained):
    assert trained.run("promote", "messages", "1").exit_code == 2


def leave_behind(own, seed):
    """A training as a killed command leaves it."""
    tandem = open_tandem(own.data)
    args = {"seed": seed}
    submit_job(tandem, slug="messages", kind="train", args=args, request_id="other", actor=LOCAL_OWNER, now=utc_now())
    claim_next_job(tandem, token="killed", at="2026-01-05T09:00:00.000000Z", lost_before="")
    tandem.conn.close()


def count_versions(own):
    return len(own.json("versions", "messages")["versions"])


def test_a_training_under_way_is_not_started_twice(own):
    leave_behind(own, 0)
    with claim_lock(own.data):
        assert "is being trained already" in own.refused("train", "messages")
    assert count_versions(own) == 1


def test_a_training_that_a_killed_command_left_is_ended_by_the_next_one(own):
    leave_behind(own, 0)
    assert "of an interrupted command" in own.done("train", "messages").stderr
    assert count_versions(own) == 2


def test_a_different_one_that_was_left_is_ended_before_the_one_asked_for(own):
    leave_behind(own, 7)
    own.done("train", "messages")
    assert count_versions(own) == 3


def test_where_a_worker_is_alive_the_command_waits_for_it(own):
    before = (own.data / "worker.log").read_text()
    with living_worker(own.data):
        assert own.json("train", "messages")["version"] == "Version 2"
    log = (own.data / "worker.log").read_text().removeprefix(before)
    assert log.index("worker_started") < log.index("job_ended job=3") < log.index("worker_ended")
