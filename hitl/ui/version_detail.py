"""One version: what was measured of it, the recipe that makes it again, and its history."""

import json
from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from hitl.domain.language import _, later
from hitl.ui.figures import NEW_LINE, draw_card, draw_rate, pair_of_cards, two_halves
from hitl.views.formatting import moment_text, number
from hitl.views.measures import ConfusedPair, Evaluation
from hitl.views.versions import VersionDetail
from hitl.views.wording import ESTIMATOR_NAMES, SOURCE_NAMES, count_of, percent, plain

_RELATIVE = later(
    "A rough estimate by cross-validation: each label is answered by a model that has not "
    "seen it. People chose what to label, so it may be far off for new items. A blind test "
    "says that: a lead draws it on Train."
)


def pick_source(evaluations: Sequence[Evaluation]) -> Evaluation | None:
    """Draw the choice between the sources measured on; the measurement chosen."""
    if not evaluations:
        st.caption(_("Nothing was measured of this version yet. A blind test measures it: a lead draws one on Train."))
        return None
    sources = [evaluation.source for evaluation in evaluations]
    chosen = sources[0]
    if len(sources) > 1:
        chosen = st.segmented_control(
            _("Measured on"),
            sources,
            default=chosen,
            required=True,
            format_func=lambda one: SOURCE_NAMES[one],
            key="source",
        )
    else:
        st.caption(_("Measured on: {source_names}").format(source_names=SOURCE_NAMES[chosen]))
    return next(evaluation for evaluation in evaluations if evaluation.source == chosen)


def draw_measures(evaluation: Evaluation) -> None:
    """Draw the figures of one measurement, each with its interval and n."""
    draw = partial(draw_rate, source=SOURCE_NAMES[evaluation.source], unknown=_("too few labels"))
    alike = _("Rare classes count as much as frequent ones (macro F1).")
    found = _("Mean over the classes (balanced accuracy).")
    with two_halves():
        with pair_of_cards():
            draw(_("Accuracy"), evaluation.accuracy, explanation=_("Share of answers that are right."))
            draw(_("Every class alike"), evaluation.macro_f1, explanation=alike)
        with pair_of_cards():
            draw(_("Found of each class"), evaluation.balanced_accuracy, explanation=found)
            _draw_calibration(evaluation)
    if evaluation.source == "cross_validation":
        st.caption(f":material/info: {_(_RELATIVE)}")


def draw_confused_pairs(pairs: Sequence[ConfusedPair]) -> None:
    """Draw the most frequent errors as a table, where a matrix would have too many classes."""
    if not pairs:
        st.caption(_("No errors on these labels."))
        return
    rows = [{_("Items"): pair.count, _("Label"): pair.label, _("Model's answer"): pair.prediction} for pair in pairs]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="confused_pairs",
        column_config={_("Items"): st.column_config.NumberColumn(width=60)},
        alt=_("The most frequent errors"),
    )


def explain_reliability(evaluation: Evaluation) -> str:
    """How to read the chart of reliability, and how many labels a point stands for."""
    text = _("On the dashed line it is right as often as it says; under it, it is too sure.")
    counts = [row.accuracy.count for row in evaluation.reliability]
    if not counts:
        return text
    fewest, most = min(counts), max(counts)
    labels = count_of(most, "{count} label", "{count} labels")
    if fewest < most:
        labels = _("{fewest} to {most} labels").format(fewest=number(fewest), most=number(most))
    return text + " " + _("Each point stands for {labels}, with its 95 % range.").format(labels=labels)


def draw_recipe(detail: VersionDetail) -> None:
    """Draw what makes this version again: what a reader asks first, and folded in, what a rebuilding needs."""
    version = detail.summary.version
    if detail.snapshot is None:
        st.markdown(_("This version came with an import: its answers are here, but no model that could be rebuilt."))
        return
    _draw_lines(
        {
            _("Learned from"): count_of(detail.snapshot.label_count, "{count} label", "{count} labels"),
            _("Trained"): moment_text(version.at),
            _("Trained by"): detail.actor_name,
            _("Kind of model"): ESTIMATOR_NAMES.get(version.estimator, version.estimator),
        }
    )
    st.caption(_("The same labels, settings and libraries give the same answers again, bit for bit."))
    with st.expander(_("For engineers"), icon=":material/data_object:"):
        _draw_lines(
            {
                _("Labels as of event"): number(detail.snapshot.watermark),
                _("Snapshot hash"): detail.snapshot.hash,
                _("Seed"): str(version.seed),
                _("Libraries"): ", ".join(f"{name} {number}" for name, number in version.libraries.items()),
                _("Model file (SHA-256)"): version.artifact_sha256 or "—",
                _("Probe answers (SHA-256)"): version.probe_sha256 or "—",
            }
        )
        st.caption(_("Parameters"))
        st.code(json.dumps(version.parameters, indent=2, ensure_ascii=False), language="json", wrap_lines=True)


def _draw_lines(lines: Mapping[str, str]) -> None:
    with st.grid(2, min_column_width=300, gap="small"):
        for name, text in lines.items():
            with st.container(gap=None):
                st.caption(name)
                st.markdown(f":small[{plain(text)}]")


def draw_file_problem(problem: str) -> None:
    """Draw why a version's model file can't be trusted."""
    st.error(_("**The model file can't be used.** {problem}").format(problem=plain(problem)), icon=":material/gpp_bad:")


def _draw_calibration(evaluation: Evaluation) -> None:
    error = evaluation.calibration_error
    draw_card(
        _("Confidence is off by"),
        "—" if error is None else number(error * 100, 1),
        _("not known yet: too few labels")
        if error is None
        else _("points; 0 would be perfect{new_line}{label_count}").format(
            new_line=NEW_LINE, label_count=count_of(evaluation.label_count, "{count} label", "{count} labels")
        ),
        explanation=_("How far its confidence is from the share that is right (expected calibration error)."),
    )


def describe_version(detail: VersionDetail) -> str:
    """One line on a version: how many labels, and how right."""
    rate = detail.summary.accuracy
    labels = (
        _("{label_count} labels").format(label_count=number(detail.summary.label_count))
        if detail.summary.label_count is not None
        else _("imported answers")
    )
    return (
        labels
        if rate is None
        else _("{labels} · {value} right · {source_name}").format(
            labels=labels, value=percent(rate.value, 1), source_name=detail.summary.source_name
        )
    )
