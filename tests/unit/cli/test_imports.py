"""imports · withdraw at a terminal."""

from hitl.loop.review import decide
from hitl.store.connection import open_tandem
from hitl.store.jobs import list_latest_jobs
from tests.small_project import SmallProject
from tests.stopped_import import stop_an_import


def test_a_wrong_import_is_listed_described_and_withdrawn(terminal):
    small = SmallProject(terminal.data)
    small.add_rows([("n1", "new", "yes"), ("t0", "changed", "")])
    assert [one["items"] for one in terminal.json("imports", "small")["imports"]] == [2, 12]
    asked = terminal.refused("withdraw", "small", 2, "--reason", "wrong")
    assert asked == (
        "2 items of small.csv would vanish. 1 earlier revision would stand again. 1 label would count no more. "
        "Add --yes to withdraw it."
    )
    done = terminal.json("withdraw", "small", 2, "--reason", "wrong", "--yes")
    assert done == {"import": 2, "items": 2, "returning": 1}
    assert terminal.json("imports", "small")["imports"][0]["withdrawn"] == "wrong"
    assert "withdrawn already" in terminal.refused("withdraw", "small", 2, "--reason", "again", "--yes")


def test_after_a_withdrawal_the_model_answers_what_stands_again(terminal):
    small = SmallProject(terminal.data)
    small.add_rows([("t0", "changed", "")])
    small.answer_with(dict.fromkeys(range(2, 14), (1, 0.9)))
    told = terminal.refused("withdraw", "small", 2, "--reason", "wrong", "--yes")  # the given version has no model
    assert told.startswith("The import of small.csv is withdrawn, but the model has not answered what stands again: ")
    tandem = open_tandem(terminal.data)
    assert [job.kind for job in list_latest_jobs(tandem, slug="small", count=9)] == ["predict"]
    tandem.conn.close()


def test_a_dry_run_says_what_would_become_of_each_row_and_keeps_nothing(terminal):
    SmallProject(terminal.data)
    file = terminal.write(
        "more.csv", ("id", "text", "label"), [("n1", "new", "yess"), ("t0", "changed", ""), ("", "", "")]
    )
    check = terminal.json("ingest", "small", file, "--dry-run", "--map-label", "yess=yes", "--changed", "refuse")
    assert (check["new"]["rows"], check["refused"]["rows"], check["empty"]["rows"]) == ([2], [3], [4])
    told = terminal.done("ingest", "small", file, "--dry-run").stdout
    assert "3 rows: 0 new, 1 changed, 0 as before, 2 left out. Nothing was kept." in told
    assert "label 'yess' is no class: 1 row (2); most like 'yes'" in told
    assert len(terminal.json("imports", "small")["imports"]) == 1


def test_what_was_decided_holds_for_the_import(terminal):
    SmallProject(terminal.data)
    file = terminal.write(
        "more.csv", ("id", "text", "label"), [("n1", "a", "yess"), ("n2", "b", "new"), ("n3", "c", "?")]
    )
    given = ("--map-label", "yess=yes", "--map-label", "?=", "--new-class", "new")
    summary = terminal.json("ingest", "small", file, *given)
    assert (summary["new"], summary["labelled"], summary["rejected_count"]) == (3, 2, 0)


def test_a_mapping_without_a_meaning_is_refused(terminal):
    SmallProject(terminal.data)
    assert "Write it as OLD=NEW" in terminal.refused("ingest", "small", "x.csv", "--map-label", "yess")


def test_an_interrupted_import_is_listed_and_goes_on(terminal):
    stop(terminal)
    (one,) = terminal.json("imports", "small")["interrupted"]
    assert (one["file"], one["items"], one["last_row"], one["can_go_on"]) == ("stopped.csv", 1, 2, True)
    assert "stopped.csv: It stopped" in terminal.done("imports", "small").stdout
    file = terminal.write("more.csv", ("id", "text", "label"), [("n1", "new", "")])
    assert "Go on with it or discard it first" in terminal.refused("ingest", "small", file)
    assert terminal.json("imports", "small", "--resume")["new"] == 3
    assert "No import is interrupted" in terminal.refused("imports", "small", "--resume")


def test_an_interrupted_import_is_discarded(terminal):
    stop(terminal)
    assert "not both" in terminal.refused("imports", "small", "--resume", "--discard")
    assert terminal.json("imports", "small", "--discard")["file"] == "stopped.csv"
    listed = terminal.json("imports", "small")
    assert (len(listed["imports"]), listed["interrupted"]) == (1, [])


def stop(terminal):
    small, tandem = SmallProject(terminal.data), open_tandem(terminal.data)
    stop_an_import(small.db, tandem, small.folder)
    tandem.conn.close()


ODD = [("n1", "a long message", "spam"), ("n2", "another one", "ham"), ("n3", "a third", "Spamm"), ("n4", "x y", "new")]
PLAN = ("--id", "id", "--text", "text", "--label", "label", "--class", "spam", "--class", "ham")


def test_a_project_is_tried_out_before_it_is_made(terminal):
    file = terminal.write("mail.csv", ("id", "text", "label"), ODD)
    found = terminal.json("create", "Mail", "--file", file, *PLAN, "--dry-run")
    assert (found["check"]["new"]["count"], found["check"]["no_class"]["rows"]) == (2, [4, 5])
    told = terminal.done("create", "Mail", "--file", file, *PLAN, "--dry-run").stdout
    assert "text: text" in told
    assert "4 rows: 2 new, 0 changed, 0 as before, 2 left out. Nothing was kept." in told
    assert "label 'Spamm' is no class: 1 row (4); most like 'spam'" in told
    assert terminal.json("status")["projects"] == []


def test_what_was_decided_about_labels_holds_for_a_new_project(terminal):
    file = terminal.write("mail.csv", ("id", "text", "label"), ODD)
    given = (*PLAN, "--map-label", "spamm=spam", "--new-class", "new")
    assert terminal.json("create", "Mail", "--file", file, *given, "--dry-run")["check"]["left_out"]["count"] == 0
    summary = terminal.json("create", "Mail", "--file", file, *given)["import"]
    assert (summary["new"], summary["labelled"], summary["rejected_count"]) == (4, 4, 0)


def test_labels_that_people_decided_otherwise_are_told_at_the_terminal(terminal):
    small = SmallProject(terminal.data)
    decide(small.db, item_id=9, class_id=2, actor=small.actor, request_id="d", now=small.now())
    file = terminal.write("more.csv", ("id", "text", "label"), [("t8", "text number 8", "yes")])
    told = terminal.done("ingest", "small", file, "--dry-run").stdout
    assert "with another label than people decided here, whose decisions stand: 1 row (2)" in told
