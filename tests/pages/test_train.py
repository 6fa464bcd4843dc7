"""The Train page: start a training, compare, promote, draw a blind test."""

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import submit_job
from hitl.loop.review import decide
from hitl.loop.second_look import look_again, set_second_look_rule
from hitl.store.jobs import list_latest_jobs
from hitl.store.triggers import current_triggers
from hitl.store.versions import champion_id
from tests.pages.conftest import links_of, read_texts
from tests.small_project import SmallProject


def jobs_of(house):
    return [(job.kind, job.status) for job in list_latest_jobs(house.tandem, slug=house.slug, count=9)]


def test_what_is_missing_for_a_model_is_said(open_page, data_dir):
    SmallProject(data_dir, labelled=4)
    app = open_page("train")
    assert "A first model needs 10 labels; there are 4. Label 6 more." in app.info[0].value.replace("\\", "")
    assert not [button for button in app.button if button.key == "retrain"]


def test_retrain_asks_for_one_job(open_page, house):
    app = open_page("train")
    app.button(key="retrain").click().run()
    assert jobs_of(house) == [("train", "queued")]
    assert app.button(key="retrain").disabled


def test_the_same_click_twice_is_one_job(open_page, house):
    app = open_page("train")
    other = open_page("train")
    app.button(key="retrain").click().run()
    other.button(key="retrain").click().run()
    assert jobs_of(house) == [("train", "queued")]
    assert "is being trained already" in other.error[0].value


def test_a_waiting_job_can_be_cancelled(open_page, house):
    app = open_page("train")
    app.button(key="retrain").click().run()
    app.button(key="cancel_1").click().run()
    assert jobs_of(house) == [("train", "cancelled")]
    app.run()
    assert "The training was cancelled" in app.warning[0].value
    assert "Train again" in app.warning[0].value


def test_a_failed_training_says_why_and_what_to_do(open_page, house):
    submit_job(house.tandem, slug="small", kind="train", args={}, request_id="r", actor=LOCAL_OWNER, now=utc_now())
    house.tandem.execute("UPDATE jobs SET status = 'failed', error = 'The disk is full.', ended_at = created_at")
    app = open_page("train")
    assert "The disk is full" in app.error[0].value.replace("\\", "")
    assert "Train again" in app.error[0].value


def test_the_receipt_names_both_versions_and_says_that_tests_are_missing(open_page, house):
    app = open_page("train")
    assert "Version 2 against Version 1" in [subheader.value for subheader in app.subheader]
    assert "these rough estimates can't be compared strictly" in read_texts(app)


def test_why_nothing_came_back_for_a_second_look_is_said(open_page, house):
    look_again(house.db, version_id=2, now=utc_now())
    assert "Second looks begin at 50 labels; the last training had 34." in read_texts(open_page("train"))


def test_what_was_sent_back_stands_in_the_receipt_and_can_be_looked_at(open_page, house, monkeypatch):
    monkeypatch.setattr("hitl.loop.second_look.FEWEST_LABELS", 10)
    set_second_look_rule(house.db, share=0.1, at_once=2, bar=0.0, reason="why", actor=LOCAL_OWNER, now=utc_now())
    assert look_again(house.db, version_id=2, now=utc_now()).sent_count == 2
    app = open_page("train")
    assert read_texts(app).count("2 labels were sent back for a second look.") == 2
    assert "explore" in " ".join(links_of(app))


def test_where_decisions_pay_links_to_those_items(open_page, data_dir):
    SmallProject(data_dir).answer_with(dict.fromkeys(range(1, 13), (2, 0.4)))
    app = open_page("train")
    assert "about 5 of 8 unanswered items may be wrong" in read_texts(app)
    [link] = [link for link in app.main.get("page_link") if "class=" in link.proto.query_string]
    assert (link.page, link.proto.query_string) == ("explore", "class=no&unanswered=yes")


def test_a_sure_model_expects_no_errors_and_without_a_curve_no_gain_is_said(open_page, house):
    texts = read_texts(open_page("train"))
    assert "no learning curve was made" in texts
    assert "expects no errors" in texts


def test_a_version_is_promoted_with_a_reason(open_page, house):
    app = open_page("train")
    app.text_input(key="promote_newest_reason").set_value("more labels").run()
    app.button(key="promote_newest").click().run()
    assert champion_id(house.db) == 2
    assert not app.error


def test_without_a_reason_nothing_is_promoted(open_page, house):
    app = open_page("train")
    app.text_input(key="promote_newest_reason").set_value(" ").run()
    app.button(key="promote_newest").click().run()
    assert champion_id(house.db) == 1
    assert "Say why this version is promoted" in app.error[0].value


def test_a_blind_test_is_drawn_and_waits_for_review(open_page, house):
    app = open_page("train")
    app.number_input(key="blind_test_count").set_value(5).run()
    app.button(key="draw_test").click().run()
    assert house.db.table("test_groups").count == 5
    assert "5 items drawn for blind tests, 0 decided so far" in read_texts(app)


def test_labels_of_a_blind_test_measure_both_versions_on_the_same_items(open_page, house):
    app = open_page("train")
    app.number_input(key="blind_test_count").set_value(6).run()
    app.button(key="draw_test").click().run()
    for row in list(house.db.query("SELECT item_id FROM item_state JOIN test_groups USING (group_id)")):
        decide(
            house.db,
            actor=LOCAL_OWNER,
            request_id=f"blind-{row['item_id']}",
            item_id=row["item_id"],
            class_id=1 + row["item_id"] % 2,
            now=utc_now(),
        )
    app.run()
    app.button(key="measure").click().run()
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Accuracy of Version 1"].endswith("%")
    assert shown["Accuracy of Version 2"].endswith("%")
    assert "On 6 test labels the new version gets" in read_texts(app)
    assert not [button for button in app.button if button.key == "measure"]


def test_who_may_only_look_is_refused_in_a_sentence(open_page, house, withdraw_role):
    app = open_page("train")
    withdraw_role()
    app.button(key="retrain").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
    assert jobs_of(house) == []


def test_it_trains_by_itself_only_once_somebody_says_so(open_page, house):
    app = open_page("train")
    assert "It trains only when somebody asks for it." in read_texts(app)
    app.checkbox(key="trigger_count_on").check()
    app.number_input(key="trigger_count").set_value(12)
    app.checkbox(key="trigger_promotes").check()
    app.text_input(key="trigger_reason").set_value("labels come every day")
    app.button(key="trigger_save").click().run()
    assert "Next: after 12 more labels." in read_texts(app)
    found = current_triggers(house.db)
    assert (found.reason, found.promotes) == ("labels come every day", True)


def test_training_by_itself_is_paused_and_resumed(open_page, house):
    app = open_page("train")
    app.checkbox(key="trigger_daily_on").check()
    app.text_input(key="trigger_reason").set_value("at night")
    app.button(key="trigger_save").click().run()
    assert "Next: at 03:00" in read_texts(app)
    app.button(key="trigger_pause").click().run()
    assert "Paused: until somebody resumes it" in read_texts(app)
    app.button(key="trigger_resume").click().run()
    assert "Next: at 03:00" in read_texts(app)


def test_without_a_reason_no_trigger_is_set(open_page, house):
    app = open_page("train")
    app.checkbox(key="trigger_count_on").check()
    app.button(key="trigger_save").click().run()
    assert "Say why it shall train by itself" in app.error[0].value
    assert current_triggers(house.db) is None


def test_who_may_only_look_sets_no_trigger(open_page, house, withdraw_role):
    app = open_page("train")
    app.checkbox(key="trigger_count_on").check()
    app.text_input(key="trigger_reason").set_value("because")
    withdraw_role()
    app.button(key="trigger_save").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
    assert current_triggers(house.db) is None
