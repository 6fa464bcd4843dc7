"""The file of an import: read by the options that were settled, whatever would be found out now."""

from io import BytesIO

from hitl.adapters.readers.settling import open_rows, settle_reading
from hitl.domain.fields import Field, Role

FIELDS = (Field("n", Role.NUMBER), Field("text", Role.TEXT), Field("day", Role.SHOWN))


def settle(path, **args):
    return settle_reading(path, file_name=path.name, args=args, fields=FIELDS, tick=lambda _rows: None)


def test_the_whole_column_settles_how_numbers_are_written(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("n;text\n" + "1.234;a\n" * 900 + "2,5;1,5\n")
    settled = settle(path)
    assert settled["numbers"] == {"n": "comma"}
    with open_rows(BytesIO(path.read_bytes()), file_name="a.csv", settled=settled) as rows:
        last = list(rows)[-1]
    assert last.values == {"n": "2.5", "text": "1,5"}


def test_what_a_person_said_outranks_the_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("n;text\n1,234;a\n2,345;b\n")
    assert settle(path)["numbers"] == {"n": "plain"}
    assert settle(path, numbers={"n": "comma"})["numbers"] == {"n": "comma"}


def test_a_file_is_read_as_settled_and_not_as_it_looks():
    settled = {"options": {"encoding": "latin-1", "delimiter": ",", "has_header": False}}
    with open_rows(BytesIO("n;é,x\n".encode()), file_name="a.csv", settled=settled) as rows:
        assert [row.values for row in rows] == [{"column 1": "n;Ã©", "column 2": "x"}]


def test_the_whole_column_settles_which_comes_first_in_dates(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("day;text\n" + "03/04/2024;a\n" * 900 + "31/04/2024;b\n13/04/2024;03/04/2024\n")
    settled = settle(path)
    assert settled["dates"] == {"day": "day_first"}
    with open_rows(path, file_name="a.csv", settled=settled) as rows:
        found = [row.values["day"] for row in rows]
    assert (found[0], found[-2:]) == ("2024-04-03", ["31/04/2024", "2024-04-13"])


def test_dates_that_read_both_ways_stay_as_they_are_until_somebody_says(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("day;text\n03/04/2024;a\n")
    assert settle(path)["dates"] == {"day": "plain"}
    assert settle(path, dates={"day": "month_first"})["dates"] == {"day": "month_first"}
