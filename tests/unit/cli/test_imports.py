"""imports · withdraw at a terminal."""

from tests.small_project import SmallProject


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
