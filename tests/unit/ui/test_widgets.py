"""Small widgets, drawn by Streamlit's own test runner."""

# ruff: noqa: PLC0415  a script that AppTest runs brings its own imports

from streamlit.testing.v1 import AppTest

from hitl.ui.figures import NEW_LINE


def draw(script):
    app = AppTest.from_function(script, default_timeout=30).run()
    assert not app.exception
    return app


def test_an_unknown_rate_is_a_dash_and_says_what_to_do():
    def script():
        from hitl.ui.figures import draw_rate

        draw_rate("Accuracy", None, source="", unknown="draw a blind test", explanation="…")

    app = draw(script)
    assert app.metric[0].value == "—"
    assert app.caption[0].value == "not known yet: draw a blind test"


def test_a_rate_has_its_interval_n_and_source():
    def script():
        from hitl.ui.figures import draw_rate
        from hitl.views.measures import Rate

        draw_rate("Accuracy", Rate(0.9, 0.85, 0.94, 1200), source="blind test", unknown="", explanation="…")

    app = draw(script)
    assert app.metric[0].value == "90.0 %"
    text = app.caption[0].value.replace("\u00a0", " ").replace("\u2060", "")
    assert text == f"95 % range 85.0 – 94.0 %{NEW_LINE}1,200 labels, blind test"


def test_a_running_job_shows_its_steps_and_can_be_cancelled():
    def script():
        import streamlit as st

        from hitl.domain.records import Job
        from hitl.ui.job_progress import draw_live_job
        from hitl.views.jobs import JobView

        job = Job(7, "s", "train", {}, "running", "predict", 0.8, "Predicting", False, 1, None, None, 1, "", "", None)
        draw_live_job(JobView(job, 40.0, 10.0), on_cancel=lambda number: st.session_state.update(asked=number))

    app = draw(script)
    assert "about 10 s left" in app.markdown[0].value
    app.button(key="cancel_7").click().run()
    assert app.session_state["asked"] == 7


def test_new_classes_have_no_key_and_old_ones_keep_theirs():
    def script():
        import streamlit as st

        from hitl.domain.class_looks import ClassLook
        from hitl.domain.records import LabelClass
        from hitl.ui.class_editor import draw_class_editor
        from hitl.views.class_history import ShownClass

        yes = LabelClass(1, "yes", "Yes!", "when it is so", 0, False)
        looks = (ClassLook("blue", "1"), ClassLook("orange"))
        no = LabelClass(2, "no", "No", "", 1, True)
        classes = (ShownClass(yes, looks[0]), ShownClass(no, looks[1]))
        st.session_state["drafts"] = draw_class_editor(classes, key="classes")

    drafts = draw(script).session_state["drafts"]
    assert [(draft.key, draft.name, draft.guideline, draft.retired) for draft in drafts] == [
        ("yes", "Yes!", "when it is so", False),
        ("no", "No", "", True),
    ]


def test_a_policy_is_changed_by_anything_but_its_reason():
    from hitl.domain.records import Policy
    from hitl.ui.policy_form import PolicyDraft

    policy = Policy(1, 0.9, 0.02, 1, 900, "default", "first", 1, "")
    assert not PolicyDraft(0.9, 0.02, 900, "default", "other words").differs_from(policy)
    assert PolicyDraft(0.8, 0.02, 900, "default", "").differs_from(policy)
