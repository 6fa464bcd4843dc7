"""After a person is erased their names stand in no file of the desk; what they decided stands under a number."""

from hitl.domain.people import MemberRole
from hitl.loop.audit import examine_logs
from hitl.loop.people import erase_person
from hitl.loop.review import decide
from hitl.loop.sign_in import sign_in
from hitl.store.connection import fetch_value
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
