"""What each act of the audit log is called, in sentences and in a list to choose from."""

from hitl.domain.audit import Via
from hitl.domain.language import Words, _, later

SENTENCES = Words(
    {
        "begin": later("The log begins; what is older is not in it"),
        "create_project": later("{who} made the project {subject}"),
        "duplicate_project": later("{who} made the project {subject} with the settings of another"),
        "unpack_project": later("{who} took in the project {subject} from a file"),
        "pack_project": later("{who} wrote the whole project to a file"),
        "archive_project": later("{who} archived the project {subject}"),
        "bring_back_project": later("{who} brought the project {subject} back"),
        "delete_project": later("{who} deleted the project {subject}"),
        "save_classes": later("{who} changed the label classes"),
        "set_guide": later("{who} changed the name, the guide or the metric of the project"),
        "cover_fields": later("{who} changed which fields are hidden"),
        "set_show_names": later("{who} changed who sees names in the project"),
        "begin_import": later("{who} began {subject}"),
        "publish_import": later("{who} brought in {subject}"),
        "discard_import": later("{who} discarded {subject}"),
        "withdraw_import": later("{who} withdrew {subject}"),
        "resume_import": later("{who} let an import go on ({subject})"),
        "decide": later("{who} decided {subject}"),
        "cannot_tell": later("{who} said that {subject} can't be told"),
        "skip": later("{who} skipped {subject}"),
        "undo": later("{who} took back a decision on {subject}"),
        "return_skipped": later("{who} brought back the items they had skipped"),
        "begin_bulk": later("{who} began {subject}"),
        "end_bulk": later("{who} finished {subject}"),
        "undo_bulk": later("{who} took back {subject}"),
        "end_bulk_undo": later("{subject} of {who} is taken back"),
        "set_policy": later("{who} changed when the model answers ({subject})"),
        "route": later("{who} sorted all items by the rule in force"),
        "draw_items": later("{who} drew items at random ({subject})"),
        "save_view": later("{who} saved {subject}"),
        "rename_view": later("{who} renamed {subject}"),
        "remove_view": later("{who} removed {subject}"),
        "set_triggers": later("{who} changed when the project trains by itself"),
        "take_snapshot": later("{who} collected the labels for a training ({subject})"),
        "train": later("{who} trained {subject}"),
        "evaluate": later("{who} measured {subject}"),
        "answer_tests": later("{who} let {subject} answer the test items"),
        "count_changes": later("{who} counted what {subject} answers otherwise"),
        "make_curve": later("{who} made a learning curve of {subject}"),
        "promote": later("{who} promoted {subject}"),
        "roll_back": later("{who} returned to {subject}"),
        "export": later("{who} exported data of the project"),
        "export_audit": later("{who} downloaded this log"),
        "export_own_data": later("{who} downloaded the data on {subject}"),
        "rebuild": later("{who} had what follows from the facts made anew"),
        "remove_images": later("{who} removed images that no item shows"),
        "redact_item": later("{who} had the content of items removed for good ({subject})"),
        "finish_redaction": later("{who} removed what was left of it in files ({subject})"),
        "read_hidden": later("{who} looked at hidden fields of {subject}"),
        "ask_job": later("{who} asked for {subject}"),
        "cancel_job": later("{who} cancelled {subject}"),
        "back_up": later("{who} made a back-up"),
        "restore": later("{who} restored everything from a back-up"),
        "note_head": later("{who} noted how long the log of the project {subject} is"),
        "sign_in": later("{who} signed in"),
        "refuse_sign_in": later("A sign-in as {subject} was refused"),
        "sign_out": later("{who} signed out"),
        "end_session": later("{who} ended a session of {subject}"),
        "end_sessions": later("{who} ended all sessions of {subject}"),
        "make_setup_link": later("{who} made the link for the first account"),
        "make_invite_link": later("{who} invited {subject}"),
        "make_reset_link": later("{who} made a link by which {subject} can choose a new password"),
        "withdraw_links": later("{who} withdrew the links made for {subject}"),
        "use_link": later("{who} used a link"),
        "rename_person": later("{who} renamed {subject}"),
        "set_language": later("{who} changed the language of {subject}"),
        "set_time_zone": later("{who} changed the time zone of {subject}"),
        "set_admin": later("{who} changed whether {subject} is an administrator"),
        "change_password": later("{who} changed their password"),
        "deactivate_person": later("{who} closed the account of {subject}"),
        "reactivate_person": later("{who} opened the account of {subject} again"),
        "erase_person": later("{who} erased the name of {subject}"),
        "join": later("{subject} joined by single sign-on"),
        "lose_owner": later("Single sign-on took the project {subject} its last owner"),
        "keep_last_admin": later("{subject} stays an administrator, since nobody else is one; single sign-on says no"),
        "set_role": later("{who} changed the role of {subject} in a project"),
        "make_group": later("{who} made {subject}"),
        "rename_group": later("{who} renamed {subject}"),
        "remove_group": later("{who} removed {subject}"),
        "add_to_group": later("{who} added {subject} to a group"),
        "remove_from_group": later("{who} took {subject} out of a group"),
    }
)
SUBJECTS = Words(
    {
        "item": later("item {id}"),
        "version": later("version {id}"),
        "import": later("import {id}"),
        "bulk": later("bulk act {id}"),
        "policy": later("rule {id}"),
        "frame": later("draw {id}"),
        "view": later("saved view {id}"),
        "snapshot": later("snapshot {id}"),
        "job": later("job {id}"),
        "person": later("person {id}"),
        "group": later("group {id}"),
        "redaction": later("redaction {id}"),
        "project": "{id}",
    }
)
_TOPICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "decisions": (later("Decisions"), ("decide", "cannot_tell", "skip", "undo", "return_skipped")),
    "bulk": (later("Bulk acts"), ("begin_bulk", "end_bulk", "undo_bulk", "end_bulk_undo")),
    "imports": (
        later("Imports"),
        ("begin_import", "publish_import", "discard_import", "withdraw_import"),
    ),
    "model": (
        later("Training and versions"),
        (
            "take_snapshot",
            "train",
            "evaluate",
            "answer_tests",
            "count_changes",
            "make_curve",
            "promote",
            "roll_back",
        ),
    ),
    "rules": (
        later("Rules and settings"),
        (
            "set_policy",
            "route",
            "draw_items",
            "set_triggers",
            "save_classes",
            "set_guide",
            "cover_fields",
            "set_show_names",
            "save_view",
            "rename_view",
            "remove_view",
            "rebuild",
            "remove_images",
            "redact_item",
            "finish_redaction",
        ),
    ),
    "read": (
        later("Exports and reading"),
        ("export", "export_audit", "export_own_data", "pack_project", "read_hidden", "back_up"),
    ),
    "doors": (
        later("Signing in"),
        (
            "sign_in",
            "refuse_sign_in",
            "sign_out",
            "end_session",
            "end_sessions",
            "make_setup_link",
            "make_invite_link",
            "make_reset_link",
            "withdraw_links",
            "use_link",
            "change_password",
        ),
    ),
    "people": (
        later("People and roles"),
        (
            "rename_person",
            "set_language",
            "set_time_zone",
            "join",
            "lose_owner",
            "set_admin",
            "keep_last_admin",
            "deactivate_person",
            "reactivate_person",
            "erase_person",
            "set_role",
            "make_group",
            "rename_group",
            "remove_group",
            "add_to_group",
            "remove_from_group",
        ),
    ),
    "projects": (
        later("Whole projects"),
        (
            "create_project",
            "duplicate_project",
            "unpack_project",
            "archive_project",
            "bring_back_project",
            "delete_project",
            "restore",
            "note_head",
        ),
    ),
    "jobs": (later("Jobs"), ("ask_job", "cancel_job", "resume_import")),
}
TOPICS = Words({name: title for name, (title, _acts) in _TOPICS.items()})
VIAS = Words(
    {
        Via.PAGE: later("on a page"),
        Via.API: later("in the review"),
        Via.SHELL: later("on the command line"),
        Via.WORKER: later("in a background job"),
    }
)


def acts_of(topic: str) -> tuple[str, ...]:
    """The acts of a topic; none for one that is not known."""
    return _TOPICS[topic][1] if topic in _TOPICS else ()


def describe_act(act: str, *, who: str, subject: str) -> str:
    """A sentence on an act; of one without words of its own its code."""
    if act in SENTENCES:
        return SENTENCES[act].format(who=who, subject=subject)
    return _("{who}: {act} {subject}").format(who=who, act=act, subject=subject).strip()
