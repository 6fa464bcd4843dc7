"""Pictures of the real app for the README: python docs/make_screenshots.py

A server of its own builds the sample projects in a temporary folder. Flagged tickets are decided as their sample file
says, a second version is trained by the worker and promoted; then Chromium looks at the pages. Takes about a minute.
"""

import csv
import io
import random
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hitl.domain.clock import utc_now  # noqa: E402  the project's own packages lie beside this folder
from hitl.domain.explore_filter import ExploreFilter  # noqa: E402
from hitl.domain.people import LOCAL_OWNER, MemberRole  # noqa: E402
from hitl.domain.session_cookie import NAME  # noqa: E402
from hitl.loop.access_links import invite  # noqa: E402
from hitl.loop.jobs import submit_job  # noqa: E402
from hitl.loop.promote import promote  # noqa: E402
from hitl.loop.review import Shown, cannot_tell, decide  # noqa: E402
from hitl.loop.route import draw_items  # noqa: E402
from hitl.store.connection import open_project, open_tandem  # noqa: E402
from hitl.views.explore import read_classes, read_items  # noqa: E402
from hitl.views.item_detail import read_item  # noqa: E402
from hitl.views.jobs import find_latest_job, read_jobs  # noqa: E402
from hitl.views.receipt import read_receipt  # noqa: E402
from tests.accounts import OWNER, add_member, add_owner, opened  # noqa: E402
from tests.chromium import find_chromium, launch_args  # noqa: E402
from tests.server import START_COMMANDS, free_port, launch, wait_until_healthy  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SLUG = "support-tickets"
SAMPLES_SLUG = "samples"
TESTED = 50
DEADLINE_SECONDS = 180
COLOURS = 256
MOST_BYTES = 250_000
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PAGES = {
    "overview": f"/?project={SLUG}",
    "review": f"/review?project={SLUG}",
    "explore": f"/explore?project={SLUG}",
    "versions": f"/versions?project={SLUG}",
}
PEOPLE = {
    "Team lead": MemberRole.LEAD,
    "Early shift": MemberRole.REVIEWER,
    "Late shift": MemberRole.REVIEWER,
    "Complaints desk": MemberRole.ADJUDICATOR,
    "Quality office": MemberRole.VIEWER,
    "New colleague": MemberRole.REVIEWER,
}
BY_DAY = {"compare": f"/compare?project={SLUG}", "image": "/review?project=handwritten-digits"}


def main():
    IMAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="tandem-screenshots-") as folder, running_server(Path(folder)) as server:
        wait_for_job(server.data_dir, SAMPLES_SLUG, "samples")
        work_a_little(server.data_dir)
        take_pictures(server.url)
        picture_of_people(server)


@contextmanager
def running_server(folder):
    """The app with its samples, on a free port."""
    environ = {"TANDEM_SAMPLES": "yes"}
    server = launch(START_COMMANDS["python"], environ, folder / "data", free_port(), folder, folder / "server.log")
    try:
        wait_until_healthy(server)
        yield server
    finally:
        server.close()


def wait_for_job(data_dir, slug, kind):
    """Return when the newest job of that kind is done; a job that failed ends the script."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        tandem = open_tandem(data_dir)
        view = find_latest_job(read_jobs(tandem, slug, now=utc_now()), kinds={kind})
        tandem.conn.close()
        if view and not view.is_live:
            if view.job.status != "done":
                sys.exit(f"The {view.kind_name} ended as {view.job.status}: {view.job.error or view.job.note}")
            return
        time.sleep(0.3)
    sys.exit(f"No {kind} job was done within {DEADLINE_SECONDS} s.")


def work_a_little(data_dir):
    """Decide flagged tickets, train a second version on them, and take it into use."""
    db, tandem = open_project(data_dir, SLUG), open_tandem(data_dir)
    try:
        draw_items(db, purpose="test", count=TESTED, rng=random.Random(0), **who())
        decide_as_the_file_says(db, ExploreFilter(route="audit"))
        decide_as_the_file_says(db, ExploreFilter(route="low_confidence", reviewed=False))
        submit_job(tandem, slug=SLUG, kind="train", args={}, **who())
        wait_for_job(data_dir, SLUG, "train")
        receipt = read_receipt(db)
        promote(db, version_id=receipt.version.version.id, reason=receipt.suggested_reason, **who())
        decide_as_the_file_says(db, ExploreFilter(route="audit"))
    finally:
        db.conn.close()
        tandem.conn.close()


def decide_as_the_file_says(db, chosen):
    """Answer the least sure of the chosen tickets; where the sample's file names no class, nobody can tell."""
    with (ROOT / "data" / "samples" / "support_tickets.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row["label"] for row in csv.DictReader(file)}
    class_ids = {label_class.name: label_class.id for label_class in read_classes(db)}
    for row in read_items(db, chosen, order="least_sure", page=1).rows:
        item = read_item(db, row.external_id, people={})
        seen = item.prediction
        shown = Shown(seen.version_id, seen.class_id, seen.confidence) if seen and not item.is_blind else None
        class_id = class_ids.get(truth[row.external_id])
        if class_id is None:
            cannot_tell(db, item_id=item.item_id, shown=shown, **who())
        else:
            decide(db, item_id=item.item_id, class_id=class_id, shown=shown, **who())


def who():
    return {"actor": LOCAL_OWNER, "request_id": str(uuid.uuid4()), "now": utc_now()}


def take_pictures(url):
    """The main pages by day and by night, two more by day, and the review on a phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())
        for scheme in ("light", "dark"):
            for name, address in PAGES.items():
                shoot(browser, url + address, f"{name}-{scheme}", viewport=DESKTOP, scheme=scheme)
        for name, address in BY_DAY.items():
            shoot(browser, url + address, f"{name}-light", viewport=DESKTOP, scheme="light")
        shoot(browser, url + PAGES["review"], "review-phone", viewport=PHONE, scheme="light")
        browser.close()


def picture_of_people(server):
    """The people of a project as its owner sees them, the last picture: from now on everybody signs in."""
    token = add_owner(server.data_dir, login="support", name="Head of support")
    for number, (name, role) in enumerate(PEOPLE.items()):
        roles = {SLUG: role}
        if number == len(PEOPLE) - 1:
            with opened(server.data_dir) as tandem:
                invite(tandem, name=name, login=f"support{number}", roles=roles, actor=OWNER, now=utc_now())
        else:
            add_member(server.data_dir, login=f"support{number}", name=name, roles=roles)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())
        address = f"{server.url}/people?project={SLUG}"
        cookies = [{"name": NAME, "value": token, "url": server.url}]
        shoot(browser, address, "people-light", viewport=DESKTOP, scheme="light", cookies=cookies)
        browser.close()


def shoot(browser, address, name, *, viewport, scheme, cookies=()):
    """One picture, in as few colours as keep it small."""
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    context.add_cookies(list(cookies))
    page = context.new_page()
    page.goto(address)
    page.locator("h1").first.wait_for()
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)  # charts and fonts have no event of their own
    colours = {"colors": COLOURS, "method": Image.Quantize.MAXCOVERAGE, "dither": Image.Dither.NONE}
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(**colours)
    context.close()
    path = IMAGES / f"{name}.png"
    picture.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size // 1000} kB")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} has {size:,} bytes; at most {MOST_BYTES:,} are wanted.")


if __name__ == "__main__":
    main()
