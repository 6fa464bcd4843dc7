"""Tandem under a path of a local proxy that adds no header: pages, links, assets, websocket and our own routes."""

import pytest
from playwright.sync_api import expect

from tests.browser.plain_proxy import PlainProxy
from tests.browser.review_desk import CARD, press_and_wait, read_events, wait_until_saved
from tests.server import START_COMMANDS
from tests.small_project import SmallProject

PATH = "/tandem"


@pytest.mark.parametrize("command", START_COMMANDS.values(), ids=START_COMMANDS)
def test_everything_works_under_a_path(start_server, tmp_path, page, command):
    SmallProject(tmp_path / "data").db.conn.close()
    server = start_server(command=command, environ={"TANDEM_BASEPATH": PATH})
    assert f"is ready: http://localhost:{server.port}{PATH}" in server.read_log()
    proxy = PlainProxy(server.port, PATH)
    missed = []
    page.on("response", lambda answer: missed.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"http://localhost:{proxy.port}{PATH}/?project=small")
    expect(page.get_by_role("heading", name="Small")).to_be_visible()
    page.get_by_role("link", name="Explore").first.click()
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    assert f"{PATH}/explore" in page.url
    page.goto(f"http://localhost:{proxy.port}{PATH}/review?project=small")
    page.wait_for_selector(CARD)
    press_and_wait(page, "1")
    wait_until_saved(page)
    assert [event["kind"] for event in read_events(server.data_dir, "small")] == ["label"]
    assert [url for url in missed if "/review/_stcore/" not in url] == []  # there Streamlit tries where its root is
    proxy.close()
