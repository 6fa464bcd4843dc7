"""After a person is erased their names stand in no file of the desk; what they decided stands under a number."""

from dataclasses import replace

from hitl.domain.accounts import Identity
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.loop.audit import examine_logs, export_log, export_site_log
from hitl.loop.backups import back_up
from hitl.loop.export import ExportKind, export_table
from hitl.loop.memberships import set_role
from hitl.loop.packs import pack_project
from hitl.loop.people import erase_person
from hitl.loop.review import decide
from hitl.loop.sign_in import sign_in, sign_in_with_identity
from hitl.store.audit_reads import LogFilter
from hitl.store.connection import fetch_value
from hitl.store.reads_overview import read_names
from tests.desk_of_people import PASSWORD, DeskOfPeople
from tests.marked import files_with
from tests.small_project import SmallProject


def test_the_names_of_an_erased_person_stand_in_no_file(tmp_path, cheap_passwords):
    small = SmallProject(tmp_path)
    desk = DeskOfPeople(tmp_path)
    person = desk.join("zyxomarkedlogin", roles={"small": MemberRole.REVIEWER})
    desk.invite("zyxomarkedother")
    sign_in(desk.db, login="zyxomarkedlogin", password=PASSWORD, agent="Zyxomarkedagent/1.0", now=desk.later(hours=1))
    actor = desk.actor(person.id, "small")
    decide(small.db, actor=actor, request_id="d", item_id=5, class_id=2, comment="plain", now=small.now())
    copy = tmp_path / "tandem.db.before-t006_audit"
    copy.write_text("Zyxomarkedlogin")
    assert files_with(tmp_path, "zyxomarkedlogin", "Zyxomarkedagent")
    erase_person(desk.db, person_id=person.id, actor=desk.owner_actor, now=desk.later(hours=1))
    assert files_with(tmp_path, "zyxomarkedlogin", "Zyxomarkedlogin", "Zyxomarkedagent") == []
    assert fetch_value(small.db, "SELECT count(*) FROM events WHERE actor_id = ?", (person.id,)) == 1
    assert not [text for log in examine_logs(tmp_path).values() for text in log.findings]


IDENTITY = Identity(issuer="https://id.zyxomarked.example", subject="zyxomarked-42", name="Zyxomarked Ida", login="ida")
TRACES = ("zyxomarked", "Zyxomarked Ida")


def take_along(small, desk, folder):
    """A back-up, the project as one file, every export, and both logs, with the names that are known now."""
    folder.mkdir()
    who, names = {"actor": LOCAL_OWNER, "now": desk.now}, read_names(desk.db)
    back_up(desk.data_dir, to=folder / "all.backup", **who)
    pack_project(desk.data_dir, slug="small", path=folder / "small.tandem", **who)
    for kind in ExportKind:
        for suffix in ("csv", "jsonl"):
            export_table(small.db, kind=kind, path=folder / f"{kind.value}.{suffix}", names=names, **who)
    export_log(small.db, chosen=LogFilter(), path=folder / "small.jsonl", names=names, **who)
    export_site_log(desk.db, chosen=LogFilter(), path=folder / "site.jsonl", names=names, **who)
    return folder


def test_an_identity_of_a_single_sign_on_goes_too_and_nothing_made_afterwards_holds_it(tmp_path, cheap_passwords):
    data_dir = tmp_path / "data"
    small, desk = SmallProject(data_dir), DeskOfPeople(data_dir)
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.9)))
    identity = replace(IDENTITY, group_names=("Claims",))
    person = sign_in_with_identity(desk.db, identity, agent="Zyxomarkedagent/1.0", now=desk.now).person
    who = {"slug": "small", "role": MemberRole.REVIEWER, "actor": desk.owner_actor, "now": desk.now}
    set_role(desk.db, person_id=person.id, **who)
    decide(small.db, actor=desk.actor(person.id, "small"), request_id="d", item_id=5, class_id=2, now=small.now())
    before = take_along(small, desk, tmp_path / "before")
    assert {"all.backup", "decisions.csv", "labels.jsonl", "site.jsonl"} <= set(files_with(before, *TRACES))
    erase_person(desk.db, person_id=person.id, actor=desk.owner_actor, now=desk.later(hours=1))
    assert files_with(data_dir, *TRACES) == []
    after = take_along(small, desk, tmp_path / "after")
    assert len(list(after.iterdir())) == len(list(before.iterdir())) == 12
    assert files_with(after, *TRACES) == []
    assert files_with(after, "Former member 1")


def test_the_same_identity_is_somebody_new_afterwards(tmp_path, cheap_passwords):
    desk = DeskOfPeople(tmp_path)
    first = sign_in_with_identity(desk.db, IDENTITY, now=desk.now).person
    erase_person(desk.db, person_id=first.id, actor=desk.owner_actor, now=desk.now)
    assert sign_in_with_identity(desk.db, IDENTITY, now=desk.now).person.id != first.id
