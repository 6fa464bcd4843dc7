"""The one table of who may do what: role → permissions, verb → permissions, page and route → permissions.

A verb is a public function of ``hitl.loop`` that is told who acts; it is named ``module.function``. It asks
``access.require`` for what stands here before it does anything else. A test finds every verb in the code, and fails on
one that is not in this table, asks for something else or does something before it asks.
"""

from collections.abc import Mapping

from hitl.domain.language import Words, later
from hitl.domain.people import Actor, MemberRole, Permission

SITE_PERMISSIONS = frozenset({Permission.CREATE_PROJECT, Permission.MANAGE_PEOPLE, Permission.OPERATE})

_VIEWER = frozenset({Permission.VIEW})
_REVIEWER = _VIEWER | {Permission.REVIEW, Permission.TRAIN}
_ADJUDICATOR = _REVIEWER | {Permission.SEE_NAMES}
_LEAD = _ADJUDICATOR | {
    Permission.BULK,
    Permission.PROMOTE,
    Permission.SET_POLICY,
    Permission.IMPORT,
    Permission.EXPORT,
    Permission.SEE_MEMBERS,
    Permission.SEE_HIDDEN,
}

ROLE_PERMISSIONS: Mapping[MemberRole, frozenset[Permission]] = {
    MemberRole.VIEWER: _VIEWER,
    MemberRole.REVIEWER: _REVIEWER,
    MemberRole.ADJUDICATOR: _ADJUDICATOR,
    MemberRole.LEAD: _LEAD,
    MemberRole.OWNER: _LEAD | {Permission.MANAGE, Permission.REDACT},
}

PERMISSION_WORDS = Words(
    {
        Permission.VIEW: later("look at the items, the figures and the model versions"),
        Permission.REVIEW: later("decide items and keep views"),
        Permission.TRAIN: later("train, measure and compare model versions"),
        Permission.SEE_NAMES: later("see the names of others where the project shows them to its leads alone"),
        Permission.BULK: later("decide many items at once"),
        Permission.PROMOTE: later("choose the model version that answers"),
        Permission.SET_POLICY: later("decide when the model answers, and draw blind tests"),
        Permission.IMPORT: later("bring items in, and take an import back"),
        Permission.EXPORT: later("take labels, decisions and items out as files"),
        Permission.SEE_MEMBERS: later("see who is in the project, as what, and when they were last here"),
        Permission.MANAGE: later("change the classes, the members and the project itself"),
        Permission.SEE_HIDDEN: later("open the fields that are hidden from reviewers"),
        Permission.REDACT: later("remove the content of an item for good"),
        Permission.CREATE_PROJECT: later("make a project"),
        Permission.MANAGE_PEOPLE: later("look after people and their accounts"),
        Permission.OPERATE: later("make back-ups and repairs"),
    }
)
"""What each permission lets somebody do, in their words; docs/roles.md has the same lines."""

JOB_PERMISSIONS: Mapping[str, Permission] = {
    "train": Permission.TRAIN,
    "compare": Permission.TRAIN,
    "curve": Permission.TRAIN,
    "import": Permission.IMPORT,
    "check": Permission.IMPORT,
    "predict": Permission.SET_POLICY,
    "reroute": Permission.SET_POLICY,
    "encode": Permission.SET_POLICY,
    "promote": Permission.PROMOTE,
    "roll_back": Permission.PROMOTE,
    "bulk": Permission.BULK,
    "redact": Permission.REDACT,
    "samples": Permission.CREATE_PROJECT,
    "backup": Permission.OPERATE,
}
"""What each kind of background job needs."""

VERBS_OF_JOBS = frozenset({"jobs.submit_job", "jobs.request_cancel"})
"""The verbs that need what the job needs, which JOB_PERMISSIONS says."""

VERBS_ON_ONESELF = frozenset(
    {
        "own_data.own_data",
        "people.rename_person",
        "people.set_language",
        "people.set_time_zone",
        "people.set_number",
        "people.change_password",
        "sign_in.list_sessions",
        "sign_in.end_session",
        "sign_in.end_sessions_of",
    }
)
"""The verbs that anybody with an account may use on themself; on somebody else they need MANAGE_PEOPLE."""

VERBS_ON_MEMBERS = frozenset({"memberships.set_role", "memberships.list_members", "access_links.invite"})
"""The verbs that need MANAGE in the very project they name, or MANAGE_PEOPLE on the site."""

_NEEDED: Mapping[Permission, tuple[str, ...]] = {
    Permission.REVIEW: (
        "review.claim",
        "review.decide",
        "review.cannot_tell",
        "review.skip",
        "review.undo",
        "review.return_skipped",
        "review.release",
        "explain.ask_why",
        "saved_views.save_view",
        "saved_views.rename_view",
        "saved_views.remove_view",
    ),
    Permission.BULK: (
        "bulk.begin_act",
        "bulk.go_on",
        "bulk.finish_act",
        "bulk.undo_act",
        "bulk.go_on_undoing",
        "bulk.finish_undoing",
    ),
    Permission.TRAIN: (
        "train.take_snapshot",
        "train.train_version",
        "evaluate.evaluate_version",
        "evaluate.answer_tests",
        "learning_curve.make_learning_curve",
    ),
    Permission.PROMOTE: ("promote.promote", "promote.roll_back"),
    Permission.SET_POLICY: (
        "encode.choose_encoder",
        "encode.set_encoder",
        "route.set_policy",
        "route.draw_items",
        "second_look.set_second_look_rule",
        "triggers.set_triggers",
    ),
    Permission.IMPORT: (
        "dry_run.check_rows",
        "ingest.stage_rows",
        "ingest.add_item",
        "ingest.publish_import",
        "ingest.discard_import",
        "interrupted.resume_import",
        "uploads.keep_upload",
        "uploads.keep_for_check",
        "uploads.drop_upload",
        "withdraw.withdraw_import",
    ),
    Permission.EXPORT: ("export.export_table", "audit.read_log", "audit.export_log"),
    Permission.MANAGE: (
        "projects.save_classes",
        "projects.move_class",
        "projects.set_guideline",
        "projects.set_guide",
        "privacy.cover_fields",
        "names.set_show_names",
        "project_life.duplicate_settings",
        "project_life.archive_project",
        "project_life.bring_back_project",
        "project_life.delete_project",
        "packs.pack_project",
        "audit.read_members_log",
    ),
    Permission.SEE_HIDDEN: ("privacy.read_hidden",),
    Permission.REDACT: ("redact.redact_item", "redact.finish_redactions"),
    Permission.CREATE_PROJECT: (
        "projects.create_project",
        "project_life.duplicate_settings",
        "packs.unpack_project",
    ),
    Permission.MANAGE_PEOPLE: (
        "access_links.make_setup_link",
        "access_links.make_reset_link",
        "access_links.withdraw_links",
        "access_links.list_links",
        "people.list_people",
        "people.set_admin",
        "people.deactivate_person",
        "people.reactivate_person",
        "people.erase_person",
        "memberships.list_groups",
        "memberships.make_group",
        "memberships.rename_group",
        "memberships.remove_group",
        "memberships.add_to_group",
        "memberships.remove_from_group",
    ),
    Permission.OPERATE: (
        "backups.back_up",
        "backups.restore",
        "doctor.rebuild",
        "doctor.remove_unused_images",
        "audit.read_site_log",
        "audit.export_site_log",
    ),
}

PAGE_PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    "overview": frozenset({Permission.VIEW}),
    "review": frozenset({Permission.REVIEW}),
    "explore": frozenset({Permission.VIEW}),
    "train": frozenset({Permission.TRAIN}),
    "versions": frozenset({Permission.VIEW}),
    "compare": frozenset({Permission.VIEW}),
    "import_": frozenset({Permission.IMPORT, Permission.CREATE_PROJECT}),
    "settings": frozenset({Permission.SET_POLICY, Permission.EXPORT, Permission.MANAGE}),
    "audit": frozenset({Permission.EXPORT, Permission.OPERATE}),
    "people": frozenset({Permission.SEE_MEMBERS, Permission.MANAGE, Permission.MANAGE_PEOPLE}),
    "you": frozenset(),
}
"""What opens each page of ``pages/``: any one of these; a part of the page may need another one.

A page that needs nothing is about oneself, and open to everybody who is in.
"""

ROUTE_PERMISSIONS: Mapping[str, Permission] = {
    "/api/v1/review/{slug}": Permission.REVIEW,
    "/api/v1/image/{slug}/{sha256}": Permission.VIEW,
}
"""What each of our routes on a project needs of the role in that project."""

OPEN_ROUTES = frozenset(
    {
        "/healthz",
        "/auth/sign-in",
        "/auth/sign-out",
        "/auth/set-up",
        "/auth/password",
        "/auth/link/{token}",
        "/auth/sso",
        "/auth/sso/callback",
    }
)
"""Our routes that need no role: the door itself, and the health check, which tells strangers one word."""

VERB_PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    verb: frozenset(permission for permission, verbs in _NEEDED.items() if verb in verbs)
    for verb in sorted(name for verbs in _NEEDED.values() for name in verbs)
}
"""All that each verb needs; those of VERBS_OF_JOBS, VERBS_ON_ONESELF and VERBS_ON_MEMBERS are not among them."""


def opens_page(actor: Actor, page: str) -> bool:
    """Whether a page, named as its file, has anything for an actor; what it shows and does is asked for again there.

    Examples
    --------
    >>> reviewer = Actor(id=9, name="A reviewer", role=MemberRole.REVIEWER)
    >>> opens_page(reviewer, "review"), opens_page(reviewer, "settings")
    (True, False)
    """
    needed = PAGE_PERMISSIONS[page]
    return not needed or bool(needed & permissions_of(actor))


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """What an actor may do in the project that the role is for, and on the site.

    Examples
    --------
    >>> from hitl.domain.people import LOCAL_OWNER
    >>> permissions_of(LOCAL_OWNER) == frozenset(Permission)
    True
    >>> permissions_of(Actor(id=9, name="Nobody's member", role=None))
    frozenset()
    """
    in_project = ROLE_PERMISSIONS[actor.role] if actor.role is not None else frozenset()
    return in_project | SITE_PERMISSIONS if actor.is_admin else in_project
