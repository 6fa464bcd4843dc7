"""What a page says after an act is in the reader's language, too: receipts, views, blind tests, toasts, refusals."""

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.project_life import archive_project
from tests.pages.test_import import choose_file, import_all, jobs  # noqa: F401  a fixture of that module
from tests.pages.test_words import assert_all_translated, pseudo  # noqa: F401  a fixture of that module

ROWS = "id,text,label\nn1,new words,yes\nt0,new words,\nn2,new words,nope\n,,\n"


def act(app, key):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def assert_toasts_translated(app):
    assert app.toast
    assert_all_translated(app)


def test_the_receipt_of_an_import(open_page, house, data_dir, pseudo, jobs):  # noqa: F811
    app = choose_file(open_page("import_"), ROWS)
    import_all(app, data_dir, jobs, "small")
    app.run()
    assert_all_translated(app)


def test_what_a_withdrawal_takes_away(open_page, house, pseudo):  # noqa: F811
    app = open_page("import_")
    app.selectbox(key="withdraw_import").select_index(0).run()
    assert_all_translated(app)
    app.text_input(key="withdraw_reason").set_value("first").run()
    assert_all_translated(act(app, "withdraw_start"))


def test_saved_views(open_page, house, pseudo):  # noqa: F811
    app = open_page("explore")
    app.text_input(key="explore_text").set_value("lost").run()
    app.text_input(key="view_name").set_value("first").run()
    assert_toasts_translated(act(app, "view_keep"))
    assert_all_translated(act(app, "view_1"))
    assert_all_translated(act(app, "view_remove"))


@pytest.mark.parametrize("view", ["99", "nonsense"])
def test_a_view_that_is_not_there(open_page, house, pseudo, view):  # noqa: F811
    assert_all_translated(open_page("explore", view=view))


def test_a_blind_test(open_page, house, pseudo):  # noqa: F811
    app = open_page("train")
    app.number_input(key="blind_test_count").set_value(5).run()
    assert_toasts_translated(act(app, "draw_test"))


def test_asking_for_a_training(open_page, house, pseudo):  # noqa: F811
    assert_all_translated(act(open_page("train"), "retrain"))


def test_a_trigger(open_page, house, pseudo):  # noqa: F811
    app = open_page("train")
    app.checkbox(key="trigger_count_on").check()
    app.text_input(key="trigger_reason").set_value("first")
    assert_all_translated(act(app, "trigger_save"))


@pytest.mark.parametrize("kind", ["confirm", "correct", "cannot_tell", "review"])
def test_an_act_on_many_and_its_undoing(open_page, house, pseudo, kind):  # noqa: F811
    app = open_page("explore")
    app.toggle(key="explore_many").set_value(True).run()
    app.selectbox(key="bulk_kind").set_value(kind).run()
    if kind == "correct":
        app.selectbox(key="bulk_class").set_value(2).run()
    assert_all_translated(app)
    assert_all_translated(act(app, "bulk_start"))
    assert_all_translated(act(app, "bulk_news_undo"))


def test_a_correction_and_its_undoing(open_page, house, pseudo):  # noqa: F811
    app = open_page("explore", project="small", item="t50")
    app.pills(key="correction_class").set_value(2).run()
    assert_all_translated(act(app, "correction_save"))


def test_a_policy_without_its_reason(open_page, house, pseudo):  # noqa: F811
    app = open_page("settings")
    app.slider[0].set_value(70).run()
    assert_all_translated(act(app, "save_policy"))


def test_a_class_that_moves(open_page, house, pseudo):  # noqa: F811
    assert_all_translated(act(open_page("settings"), "move_1"))


def test_archiving_and_bringing_back(open_page, house, pseudo):  # noqa: F811
    assert_all_translated(act(open_page("settings"), "archive_small"))


def test_a_deletion(open_page, house, pseudo):  # noqa: F811
    app = open_page("settings")
    app.text_input(key="delete_name_small").set_value("Small").run()
    assert_all_translated(act(app, "delete_small"))


def test_a_duplicate(open_page, house, pseudo):  # noqa: F811
    app = open_page("settings")
    app.text_input(key="duplicate_name").set_value("first").run()
    assert_all_translated(act(app, "duplicate"))


def test_an_archived_project_on_the_welcome_page(open_page, house, pseudo):  # noqa: F811
    archive_project(house.data_dir, slug="small", actor=LOCAL_OWNER, now=utc_now())
    assert_all_translated(open_page("overview"))


def test_one_who_may_only_look_is_refused(open_page, house, withdraw_role, pseudo):  # noqa: F811
    app = open_page("train")
    withdraw_role()
    assert_all_translated(act(app, "retrain"))
