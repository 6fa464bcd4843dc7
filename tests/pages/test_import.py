"""The Import page: a new project from a file, more rows into one, errors that keep what was typed."""

import json
from io import BytesIO

import pytest
from openpyxl import Workbook

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import submit_job
from hitl.loop.review import decide
from hitl.store.connection import open_project, open_tandem
from hitl.store.jobs import list_latest_jobs
from hitl.store.projects import list_classes, read_project
from hitl.worker.run import work_until_ended
from tests.pages.conftest import links_of, read_texts
from tests.small_project import SmallProject
from tests.unit.adapters.odd_files import zip_of

TICKETS = "id,message,label\n" + "".join(
    f"m{n},the parcel number {n} did not arrive,{('late', 'lost')[n % 2]}\n" for n in range(30)
)


def choose_file(app, text, name="tickets.csv"):
    app.file_uploader[0].upload(name, text.encode(), "text/csv").run()
    return app


@pytest.fixture
def jobs(data_dir):
    """A function that lists the jobs of a project."""

    def list_jobs(slug):
        tandem = open_tandem(data_dir)
        try:
            return list_latest_jobs(tandem, slug=slug, count=9)
        finally:
            tandem.conn.close()

    return list_jobs


def test_without_a_project_the_page_works(open_page, data_dir):
    app = open_page("import_")
    assert [title.value for title in app.title] == ["Import"]
    told = read_texts(app)
    assert "You see the first rows before anything is kept" in told
    assert "CSV, JSON, Excel, OpenDocument or Parquet" in told
    assert "What happens next" in told
    choose_file(app, TICKETS)
    assert "What happens next" not in read_texts(app)


def test_a_file_becomes_a_project_with_its_import(open_page, data_dir, jobs):
    app = choose_file(open_page("import_"), TICKETS)
    assert app.text_input[0].value == "Tickets"
    app.button(key="start_import").click().run()
    (job,) = jobs("tickets")
    assert (job.kind, job.status, job.args["file_name"]) == ("import", "queued", "tickets.csv")
    work_until_ended(data_dir, job_id=job.id)
    app.run()
    shown = {metric.label: metric.value for metric in app.metric}
    assert (shown["New"], shown["Labelled"], shown["Left out"]) == ("30", "30", "0")
    assert links_of(app) == ["train"]


def test_the_proposed_roles_are_the_projects(open_page, data_dir):
    app = choose_file(open_page("import_"), TICKETS)
    app.button(key="start_import").click().run()
    db = open_project(data_dir, "tickets")
    assert {field.name: field.role.value for field in read_project(db).fields} == {
        "id": "id",
        "message": "text",
        "label": "label",
    }
    db.conn.close()


def test_classes_are_asked_for_where_there_is_no_label(open_page, data_dir):
    app = choose_file(open_page("import_"), "id,message\n" + "a1,the first long message\na2,the second long message\n")
    assert "name at least two classes" in app.error[0].value
    assert not [button for button in app.button if button.key == "start_import"]
    app.text_area[0].set_value("Late\nLost\n").run()
    app.button(key="start_import").click().run()
    db = open_project(data_dir, "tickets")
    assert [label_class.name for label_class in list_classes(db)] == ["Late", "Lost"]
    db.conn.close()


def test_an_error_keeps_what_was_typed(open_page, house, jobs):
    app = open_page("import_")
    app.segmented_control[0].set_value("new").run()
    choose_file(app, TICKETS)
    app.text_input[0].set_value("Small").run()
    app.button(key="start_import").click().run()
    assert "A project 'small' exists already" in app.error[0].value
    assert app.text_input[0].value == "Small"
    assert jobs("small") == []


def test_a_file_that_lacks_a_column_is_refused_before_anything_is_kept(open_page, house, jobs):
    app = choose_file(open_page("import_"), "message,label\nhello there you,yes\n")
    assert "The file has no column 'id'" in app.error[0].value
    assert jobs("small") == []


def test_rejected_rows_say_row_field_and_remedy(open_page, data_dir, jobs):
    SmallProject(data_dir)
    app = choose_file(open_page("import_"), "id,text,label\nn1,new text,yes\nn2,other text,yess\n")
    app.button(key="start_import").click().run()
    work_until_ended(data_dir, job_id=jobs("small")[0].id)
    app.run()
    assert "1 row could not be imported" in app.warning[0].value
    rejects = next(table.value for table in app.dataframe if "What to do" in table.value.columns)
    assert rejects["Row"].tolist() == [3]
    assert "Did you mean 'yes'?" in rejects["What to do"][0]


def test_a_second_import_waits_for_the_first(open_page, house):
    args = {"path": "nowhere", "file_name": "a.csv"}
    submit_job(house.tandem, slug="small", kind="import", args=args, request_id="r", actor=LOCAL_OWNER, now=utc_now())
    app = choose_file(open_page("import_"), "id,text,label\nn1,new text,yes\n")
    assert app.button(key="start_import").disabled


def test_a_file_that_is_no_text_is_refused_in_a_sentence(open_page, data_dir):
    app = open_page("import_")
    app.file_uploader[0].upload("picture.csv", b"\x89PNG\r\n\x1a\n" * 9, "text/csv").run()
    assert "is an image" in app.error[0].value


def import_all(app, data_dir, jobs, slug):
    app.button(key="start_import").click().run()
    (job,) = jobs(slug)
    work_until_ended(data_dir, job_id=job.id)
    return job


def items_of(data_dir, slug):
    db = open_project(data_dir, slug)
    try:
        return [json.loads(row["fields"]) for row in db["items"].rows]
    finally:
        db.conn.close()


def test_how_a_file_is_read_is_shown_and_the_job_reads_it_so(open_page, data_dir, jobs):
    rows = "".join(f"n{n};über die Rechnung {n};1.{n:03},5;{('spät', 'früh')[n % 2]}\n" for n in range(100, 130))
    app = open_page("import_")
    data = ("id;note;price;label\n" + rows).encode("cp1252")
    app.file_uploader[0].upload("western.csv", data, "text/csv").run()
    assert "Western Europe" in app.expander[0].label
    assert "semicolon between cells" in app.expander[0].label
    job = import_all(app, data_dir, jobs, "western")
    assert (job.args["options"]["encoding"], job.args["numbers"]) == ("cp1252", {"price": "comma"})
    assert items_of(data_dir, "western")[0] == {"note": "über die Rechnung 100", "price": 1100.5}


def test_a_wrong_guess_is_corrected_on_the_page(open_page, data_dir, jobs):
    rows = "1,eins eins eins,spam\n2,zwei zwei zwei,ham\n" * 12
    app = choose_file(open_page("import_"), rows.replace("1,", "x,", 1))
    assert "the first row names the columns" in app.expander[0].label
    header = next(box for box in app.selectbox if box.label == "The first row holds")
    header.set_value(False).run()
    assert "no row of names" in app.expander[0].label
    assert app.dataframe[0].value.columns[0] == "column 1"


def test_the_sheet_of_a_workbook_is_chosen(open_page, data_dir, jobs):
    book = Workbook()
    book.active.append(["about", "this"])
    book.active.append(["x", "y"])
    sheet = book.create_sheet("Tickets")
    for line in TICKETS.splitlines():
        sheet.append(line.split(","))
    made = BytesIO()
    book.save(made)
    app = open_page("import_")
    app.file_uploader[0].upload("book.xlsx", made.getvalue(), "application/octet-stream").run()
    next(box for box in app.selectbox if box.label == "Sheet").set_value("Tickets").run()
    job = import_all(app, data_dir, jobs, "book")
    assert job.args["options"]["sheet"] == "Tickets"
    assert len(items_of(data_dir, "book")) == 30


def test_a_zip_with_several_files_asks_which(open_page, data_dir):
    app = open_page("import_")
    data = zip_of({"a.csv": TICKETS, "b.csv": "x\n"})
    app.file_uploader[0].upload("both.zip", data, "application/zip").run()
    assert "Choose one of them" in read_texts(app)
    next(box for box in app.selectbox if box.label == "File inside the zip").set_value("a.csv").run()
    assert app.button(key="start_import")


def test_an_encoding_that_does_not_fit_can_be_taken_back(open_page, data_dir):
    app = choose_file(open_page("import_"), TICKETS)
    next(box for box in app.selectbox if box.label == "Encoding").set_value("utf-16-le").run()
    assert "Choose its encoding" in read_texts(app)
    next(box for box in app.selectbox if box.label == "Encoding").set_value("utf-8").run()
    assert app.button(key="start_import")


def test_who_may_only_look_is_refused_in_a_sentence(open_page, house, withdraw_role, jobs):
    app = choose_file(open_page("import_"), "id,text,label\nn1,new text,yes\n")
    withdraw_role()
    app.button(key="start_import").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
    assert jobs("small") == []
    assert not list(house.folder.glob("uploads/*"))


def test_what_an_import_would_bring_is_said_before_it_begins(open_page, house, jobs):
    app = choose_file(open_page("import_"), "id,text,label\nn1,new,yes\nt0,other,\nn2,new,no\nn3,x,yess\n,,\n")
    shown = {metric.label: metric.value for metric in app.metric}
    assert (shown["New"], shown["Changed"], shown["Left out"], shown["Unlabelled"]) == ("2", "1", "2", "1")
    told = read_texts(app)
    assert "2 rows would be left out" in told
    assert "1 with a label that is no class, 1 empty" in told
    assert "1 group of identical rows has labels that differ" in told
    assert jobs("small") == []


def test_a_file_of_broken_rows_alone_says_what_is_wrong_with_the_first(open_page, house):
    app = choose_file(open_page("import_"), "id,text,label\nn1,new,yess\nn2,other,noo\n")
    told = " ".join(error.value for error in app.error)
    assert "All 2 rows would be left out. Row 2: label 'yess' is not a class of this project" in told


def test_changed_records_can_be_left_out_by_choice(open_page, house, data_dir, jobs):
    app = choose_file(open_page("import_"), "id,text,label\nn1,new text,yes\nt0,another text,\n")
    control = next(one for one in app.segmented_control if "changed" in one.label)
    control.set_value("refuse").run()
    assert {metric.label: metric.value for metric in app.metric}["Changed"] == "0"
    job = import_all(app, data_dir, jobs, "small")
    assert job.args["choices"]["changed"] == "refuse"
    app.run()
    assert "1 row could not be imported" in read_texts(app)


def test_a_new_project_is_told_its_classes_and_empty_rows(open_page, data_dir):
    app = choose_file(open_page("import_"), TICKETS + ",,\n")
    assert "2 classes would be made:" in read_texts(app)
    assert {metric.label: metric.value for metric in app.metric}["Left out"] == "1"


def test_a_wrong_import_is_withdrawn_after_saying_what_would_go(open_page, house, data_dir):
    app = open_page("import_")
    app.selectbox(key="withdraw_import").select_index(0).run()
    assert "would vanish" in app.warning[0].value
    assert app.button(key="withdraw_start").disabled
    app.text_input(key="withdraw_reason").set_value("the wrong file").run()
    app.button(key="withdraw_start").click().run()
    db = open_project(data_dir, "small")
    assert db.execute("SELECT reason FROM import_withdrawals").fetchall() == [("the wrong file",)]
    assert db.execute("SELECT count(*) FROM item_state").fetchone() == (0,)
    db.conn.close()
    assert "the wrong file" in app.dataframe[0].value.iloc[0].tolist()


def test_labels_that_people_decided_otherwise_are_shown_with_their_rows(open_page, house):
    item_id = house.db.execute("SELECT id FROM items WHERE external_id = 't50'").fetchone()[0]
    decide(house.db, item_id=item_id, class_id=2, actor=LOCAL_OWNER, request_id="d", now=utc_now())
    text = house.db.execute("SELECT fields ->> 'text' FROM items WHERE id = ?", [item_id]).fetchone()[0]
    app = choose_file(open_page("import_"), f"id,text,label\nt50,{text},yes\nn1,other,yes\n")
    assert "1 label differs from what people decided here: the decision stands. Row 2." in read_texts(app)
    (table,) = [one.value for one in app.dataframe if "People decided" in one.value]
    assert table[["Row", "Label in the file", "People decided"]].values.tolist() == [[2, "yes", "no"]]


def edit_cell(app, column, value, *, row=0):
    """Choose a value in the first row of the only table that has that column, as its editor sends it."""
    [editor] = [one for one in app.dataframe if column in one.value and one.proto.id]
    states = app._tree.get_widget_states()
    change = {"edited_rows": {row: {column: value}}, "added_rows": [], "deleted_rows": []}
    states.widgets.add(id=editor.proto.id, string_value=json.dumps(change))
    app._run(states)


@pytest.mark.parametrize(
    ("choice", "labels", "new_classes"),
    [("class:yes", {"yess": "yes"}, []), ("none", {"yess": ""}, []), ("new", {}, ["yess"]), ("out", {}, [])],
)
def test_what_a_label_that_is_no_class_means_is_chosen_in_the_table(
    open_page, house, data_dir, jobs, choice, labels, new_classes
):
    app = choose_file(open_page("import_"), "id,text,label\nn1,new text,yess\nn2,other text,no\n")
    edit_cell(app, "choice", choice)
    assert {metric.label: metric.value for metric in app.metric}["Left out"] == ("1" if choice == "out" else "0")
    job = import_all(app, data_dir, jobs, "small")
    assert (job.args["choices"]["labels"], job.args["choices"]["new_classes"]) == (labels, new_classes)
