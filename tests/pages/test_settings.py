"""The Settings page: routing with its preview, classes, guide, exports."""

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.second_look import SecondLookRule
from hitl.loop.encode import set_encoder
from hitl.loop.projects import set_guideline
from hitl.store import routing
from hitl.store.jobs import list_latest_jobs
from hitl.store.policies import current_policy
from hitl.store.projects import list_classes, read_project
from hitl.store.second_looks import current_rule
from tests.pages.conftest import read_texts
from tests.small_project import SmallProject
from tests.word_encoder import WordEncoder


def slider_of(app):
    return app.slider[0]


def guide_of(app):
    return next(field for field in app.text_area if field.label == "Guide for reviewers")


def metric_of(app, words):
    return next(metric.value for metric in app.metric if words in metric.label)


def test_the_preview_says_what_a_threshold_means_before_it_is_saved(open_page, house):
    app = open_page("settings")
    slider_of(app).set_value(100).run()
    assert metric_of(app, "To review") == "26"
    assert "+26 against now" in read_texts(app)
    assert "90 % holds until you save" in read_texts(app)
    slider_of(app).set_value(0).run()
    assert metric_of(app, "To review") == "0"
    assert current_policy(house.db).threshold == 0.9


def test_a_policy_needs_a_reason(open_page, house):
    app = open_page("settings")
    slider_of(app).set_value(70).run()
    app.button(key="save_policy").click().run()
    assert "Say why the policy changes" in app.error[0].value
    assert current_policy(house.db).threshold == 0.9
    assert slider_of(app).value == 70


def test_a_policy_is_saved_with_its_reason(open_page, house):
    app = open_page("settings")
    slider_of(app).set_value(70).run()
    reason = next(field for field in app.text_input if (field.key or "").startswith("reason_"))
    reason.set_value("too much to review").run()
    app.button(key="save_policy").click().run()
    policy = current_policy(house.db)
    assert (policy.threshold, policy.reason, policy.audit_rate) == (0.7, "too much to review", 0.0)


def test_the_rule_of_second_looks_is_saved_with_its_reason(open_page, house):
    app = open_page("settings")
    app.slider(key="look_share").set_value(25)
    app.number_input(key="look_bar").set_value(40)
    app.text_input(key="look_reason").set_value("labels are shaky")
    app.button(key="look_save").click().run()
    assert not app.error
    assert current_rule(house.db) == SecondLookRule(0.25, 20, 0.4)
    assert app.text_input(key="look_reason").value == ""
    assert [f.value["Reason"].tolist() for f in app.dataframe if "Least chance" in f.value] == [["labels are shaky"]]


def test_a_rule_of_second_looks_needs_a_reason(open_page, house):
    app = open_page("settings")
    app.slider(key="look_share").set_value(0)
    app.button(key="look_save").click().run()
    assert "Say why the rule changes" in app.error[0].value
    assert current_rule(house.db) == SecondLookRule()


def test_in_a_large_project_a_job_routes_by_a_new_policy(open_page, house, monkeypatch):
    monkeypatch.setattr(routing, "FEW_ITEMS", 10)
    app = open_page("settings")
    slider_of(app).set_value(70).run()
    reason = next(field for field in app.text_input if (field.key or "").startswith("reason_"))
    reason.set_value("too much to review").run()
    app.button(key="save_policy").click().run()
    assert current_policy(house.db).threshold == 0.7
    assert [job.kind for job in list_latest_jobs(house.tandem, slug="small", count=5)] == ["reroute"]
    assert "**Routing** · waiting for its turn" in read_texts(app)
    assert not [button for button in app.button if (button.key or "").startswith("cancel_")]


def test_nothing_can_be_saved_before_something_changes(open_page, house):
    app = open_page("settings")
    assert app.button(key="save_policy").disabled
    assert app.button(key="save_classes").disabled
    assert app.button(key="save_guide").disabled


def test_the_guide_is_saved(open_page, house):
    app = open_page("settings")
    guide_of(app).set_value("Money back is yes.").run()
    app.button(key="save_guide").click().run()
    assert read_project(house.db).guide == "Money back is yes."


def classes_of(house):
    return [(one.name, one.guideline) for one in list_classes(house.db)]


def test_a_class_moves_up_and_down(open_page, house):
    app = open_page("settings")
    app.button(key="move_1").click().run()
    assert classes_of(house) == [("no", ""), ("yes", "")]
    app.button(key="move_-1").click().run()
    assert classes_of(house) == [("yes", ""), ("no", "")]


def test_a_guideline_is_kept_with_its_history(open_page, house):
    app = open_page("settings")
    hostile = "<script>alert(1)</script>\n\u202eFor example: 🙂 **bold**"
    text = next(field for field in app.text_area if field.key.startswith("guideline_"))
    text.set_value(hostile).run()
    app.button(key="save_guideline").click().run()
    assert classes_of(house)[0] == ("yes", hostile)
    told = read_texts(app)
    assert "guideline changed" in told
    assert "<script>alert(1)</script> \u202eFor example: 🙂 **bold**" in told
    assert "made" in told


def test_a_class_of_a_single_word_that_keeps_models_from_the_words_of_all_is_named(open_page, house, monkeypatch):
    WordEncoder().use(monkeypatch)
    app = open_page("settings")
    assert "is a single word" not in read_texts(app)
    for name, told in (("yes", True), ("no", False)):
        app.selectbox(key="one_class").set_value(1 if name == "yes" else 2).run()
        text = next(field for field in app.text_area if field.key.startswith("guideline_"))
        text.set_value(f"The customer means {name}.").run()
        app.button(key="save_guideline").click().run()
        assert ("“no” is a single word. Give it a guideline of a sentence." in read_texts(app)) is told
    assert not app.exception


def test_where_texts_are_not_read_single_words_are_not_named(open_page, house, monkeypatch):
    WordEncoder().use(monkeypatch)
    who = {"actor": LOCAL_OWNER, "now": utc_now()}
    set_guideline(house.db, key="yes", guideline="The money goes back.", **who)
    assert "“no” is a single word" in read_texts(open_page("settings"))
    set_encoder(house.db, is_on=False, **who)
    assert "is a single word" not in read_texts(open_page("settings"))


def test_without_a_model_predictions_cannot_be_exported_and_the_threshold_moves_nothing(open_page, data_dir):
    SmallProject(data_dir)
    app = open_page("settings")
    assert "the threshold moves nothing now" in read_texts(app)
    buttons = [button for button in app.get("download_button") if button.key.startswith("export_")]
    disabled = {button.key: button.disabled for button in buttons}
    assert disabled == {
        "export_labels": False,
        "export_predictions": True,
        "export_decisions": False,
        "export_items": False,
    }


def test_who_may_only_look_is_refused_in_a_sentence(open_page, house, withdraw_role):
    app = open_page("settings")
    guide_of(app).set_value("mine").run()
    withdraw_role()
    app.button(key="save_guide").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
    assert read_project(house.db).guide == ""


def test_a_part_is_drawn_when_it_is_first_opened_and_what_was_begun_in_it_stays(open_page, house):
    app = open_page("overview").switch_page("settings.py").run()
    assert [tab.label for tab in app.tabs][1:3] == ["Classes", "Project"]
    assert not app.tabs[1].get("text_area")
    assert not app.tabs[2].get("text_area")

    app.session_state["settings_part"] = "Project"
    app.run()
    guide = app.tabs[2].text_area[0].set_value("Read the whole message first.").run()
    app.session_state["settings_part"] = "Classes"
    app.run()

    assert app.tabs[1].get("text_area")
    assert app.tabs[2].text_area(key=guide.tabs[2].text_area[0].key).value == "Read the whole message first."
    assert app.tabs[0].slider, "the first part stays too"
