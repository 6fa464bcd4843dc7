"""Dry runs of uploads, kept as long as nothing has changed that they depend on."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import streamlit as st
from sqlite_utils import Database

from hitl.domain.fields import Field
from hitl.domain.import_choices import USUAL_CHOICES, ImportChoices
from hitl.domain.language import _, current_language
from hitl.domain.people import Actor
from hitl.views.file_check import CheckedFile, check_for_plan, check_for_project


def checked_for_project(
    upload: BinaryIO,
    db: Database,
    actor: Actor,
    key: str,
    name: str,
    how: Mapping[str, Any],
    choices: ImportChoices,
    state: tuple[object, ...],
) -> CheckedFile:
    """The dry run of an upload against a project, done once for each choice; another state, another check."""
    with st.spinner(_("Checking every row …")):
        return _for_project(upload, db, actor, key, name, how, choices, (*state, current_language()))


def checked_for_plan(
    upload: BinaryIO,
    actor: Actor,
    key: str,
    name: str,
    how: Mapping[str, Any],
    fields: tuple[Field, ...],
    classes: tuple[str, ...],
) -> CheckedFile:
    """The dry run of an upload that begins a project."""
    with st.spinner(_("Checking every row …")):
        return _for_plan(upload, actor, key, name, how, fields, classes, current_language())


@st.cache_data(max_entries=6, show_spinner=False)
def _for_project(
    _upload: BinaryIO,
    _db: Database,
    _actor: Actor,
    key: str,  # noqa: ARG001  what the cache knows the upload by
    name: str,
    how: Mapping[str, Any],
    choices: ImportChoices,
    state: tuple[object, ...],  # noqa: ARG001  another state, another check
) -> CheckedFile:
    return check_for_project(_db, _upload, name=name, how=how, choices=choices, actor=_actor)


@st.cache_data(max_entries=6, show_spinner=False)
def _for_plan(
    _upload: BinaryIO,
    _actor: Actor,
    key: str,  # noqa: ARG001  what the cache knows the upload by
    name: str,
    how: Mapping[str, Any],
    fields: tuple[Field, ...],
    classes: tuple[str, ...],
    language: str,  # noqa: ARG001  what is wrong with a row is said in the reader's
) -> CheckedFile:
    return check_for_plan(
        _upload, name=name, how=how, fields=fields, class_names=classes, choices=USUAL_CHOICES, actor=_actor
    )
