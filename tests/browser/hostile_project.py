"""A project in which everything a person can write wants to be more than text."""

from hitl.domain.bulk import BulkKind
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.domain.rows import Row
from hitl.loop.bulk import begin_act, finish_act
from hitl.loop.evaluate import evaluate_version
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.memberships import make_group
from hitl.loop.predict import predict_version
from hitl.loop.projects import create_project, set_guide, set_guideline
from hitl.loop.promote import promote
from hitl.loop.review import decide
from hitl.loop.route import set_policy
from hitl.loop.saved_views import save_view
from hitl.loop.train import take_snapshot, train_version
from hitl.store.connection import open_project
from hitl.store.projects import active_classes
from tests.accounts import OWNER, add_member, add_owner, opened
from tests.small_project import START

SCRIPT = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
MARKUP = "![x](http://evil.example/i.png) [l](javascript:window.pwned=1) [m](http://evil.example) $x^2$ :red[r]"
SHORT = "<svg onload=window.pwned=1> \u202egnp\u200b [l](//evil.example) `c` 😀"
EVERYTHING = f"{SCRIPT} {MARKUP} {SHORT} \x1b[31m"
CLASSES = (f"1{SHORT}", f"2 ![x](http://evil.example/c.png) $a$ {SCRIPT[:34]}")
FIELD = f"f {SHORT}"
FIELDS = (
    Field("id", Role.ID),
    Field("text", Role.TEXT),
    Field(FIELD, Role.CATEGORY),
    Field("m [l](//evil.example) <b>", Role.SHOWN),
    Field(f"s {SHORT}", Role.SLICE),
    Field("source", Role.LINK),
    Field("label", Role.LABEL),
)
ROWS = 60
LABELLED = 40
LONG = "long " + "x" * 1_000_000
LINKS = ("javascript:window.pwned=1", "data:text/html,<script>window.pwned=1</script>", "")
WORDS = ("please send the money back", "where is my parcel now")


def text_of(number):
    if number == LABELLED:
        return LONG
    return f"{WORDS[number % 2]} {number} {EVERYTHING}"


def row_of(number):
    label = CLASSES[number % 2] if number < LABELLED else ""
    slice_and_more = (f"{number % 2} {EVERYTHING}", EVERYTHING, MARKUP, LINKS[number % 3])
    values = (f"{number} {SHORT}", text_of(number), *slice_and_more, label)
    return Row(number + 2, dict(zip([field.name for field in FIELDS], values, strict=True)))


def make_hostile_project(data_dir, slug="hostile"):
    """The project with labels, two versions, a promotion, a view, a comment, a bulk act, a guide."""
    who = {"actor": LOCAL_OWNER, "now": START}
    create_project(data_dir, slug=slug, name=SHORT, fields=FIELDS, class_names=CLASSES, **who)
    db = open_project(data_dir, slug)
    folder = data_dir / "projects" / slug
    rows = [row_of(number) for number in range(ROWS)]
    asked = {"file_name": f"{SHORT}.csv", "file_sha256": "0" * 64, "request_id": "import"}
    publish_import(db, import_id=stage_rows(db, rows=rows, **asked, **who), **who)
    set_guide(db, name=SHORT, guide=EVERYTHING, metric="accuracy", **who)
    for one in active_classes(db):
        set_guideline(db, key=one.key, guideline=EVERYTHING, **who)
    doubt = {"audit_rate": 0.0, "lease_seconds": 600, "query_strategy": "default"}
    set_policy(db, threshold=1.0, reason=EVERYTHING, **doubt, **who)
    first = train(db, folder, "one", who)
    promote(db, version_id=first, reason=EVERYTHING, request_id="promote", **who)
    for item_id in (45, 46, 47):
        decide(db, item_id=item_id, class_id=2, comment=EVERYTHING, request_id=f"d{item_id}", **who)
    bulk = {"kind": BulkKind.CORRECT, "class_id": 1, "item_ids": [50, 51], "selection": {"q": EVERYTHING}}
    finish_act(db, act_id=begin_act(db, **bulk, comment=EVERYTHING, request_id="bulk", **who).id, **who)
    train(db, folder, "two", who)
    save_view(db, name=SHORT, chosen=ExploreFilter(text=SCRIPT), order="uncertain", request_id="view", **who)
    db.conn.close()


def train(db, folder, name, who):
    snapshot = take_snapshot(db, request_id=f"{name}-snapshot", **who)
    version_id = train_version(db, folder, snapshot_id=snapshot.id, seed=0, request_id=name, **who)
    predict_version(db, folder, version_id=version_id, now=START)
    evaluate_version(db, version_id=version_id, **who)
    return version_id


PERSON = "<svg onload=window.pwned=1> [l](//evil.example) `c` $x^2$ :red[r]"


def add_hostile_people(data_dir, slug="hostile"):
    """The owner, a member and a group, whose names want to be more than text; the token of the owner's session."""
    token = add_owner(data_dir, login="<b>ann</b>@[l](//evil.example)", name=PERSON)
    add_member(
        data_dir, login="<svg/onload=window.pwned=1>", name=f"2 {SCRIPT[:60]}", roles={slug: MemberRole.REVIEWER}
    )
    with opened(data_dir) as tandem:
        make_group(tandem, name=f"3 {PERSON}", actor=OWNER, now=START)
    return token
