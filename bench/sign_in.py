"""Thirty people who sign in at the same moment, what another person's page waits meanwhile, the check of a session.

The page is drawn again and again over a websocket of its own, as a browser would ask for it; how long it is held up is
its slowest drawing meanwhile, less the median of quiet ones.
"""

import http.client
import os
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import anyio
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from bench.figure import Figure, quantile
from hitl.adapters.passwords import verify_password
from hitl.api.gate import Gate
from hitl.domain.people import MemberRole
from hitl.domain.session_cookie import NAME
from tests.accounts import PASSWORD, add_member, add_owner
from tests.server import START_COMMANDS, Server, free_port, launch, wait_until_healthy
from tests.small_project import SmallProject

PEOPLE = 30
QUIET_DRAWINGS = 30
CHECKS = 500
MOST_CPU_SECONDS, MOST_SECONDS, MOST_P95_SECONDS, MOST_HELD_UP_MS, MOST_CHECK_MS = 10, 10, 5, 300, 1
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure(folder: Path) -> list[Figure]:
    data_dir = folder / "data"
    SmallProject(data_dir, rows=500, labelled=50).db.conn.close()
    add_owner(data_dir)
    logins = [f"person-{number}" for number in range(PEOPLE)]
    for login in logins:
        add_member(data_dir, login=login, name=login)
    reader = add_member(data_dir, login="reader", name="Reader", roles={"small": MemberRole.LEAD})
    verify_password(None, PASSWORD)
    floor, floor_cpu = (
        seconds_of(lambda: verify_password(None, PASSWORD)),
        cpu_of(lambda: verify_password(None, PASSWORD)),
    )
    with running(folder) as server, open_stream(server, reader) as stream:
        before = read_cpu(server.process.pid)
        for login in logins:
            sign_in(server, login)
        cpu = read_cpu(server.process.pid) - before
        quiet = [draw(stream) for _ in range(QUIET_DRAWINGS)]
        drawn = DrawnMeanwhile(stream)
        begun = time.perf_counter()
        with ThreadPoolExecutor(PEOPLE) as people:
            taken = list(people.map(lambda login: sign_in(server, login), logins))
        all_in = time.perf_counter() - begun
        held_up = 1_000 * (max(drawn.stop()) - statistics.median(quiet))
    check, plain = measure_check(data_dir, reader)
    return [
        Figure(f"{PEOPLE} people sign in, processor time", "s", cpu, MOST_CPU_SECONDS, floor_cpu * PEOPLE),
        Figure(f"{PEOPLE} people sign in at once, all in", "s", all_in, MOST_SECONDS, floor * PEOPLE),
        Figure(f"{PEOPLE} people sign in at once, p95", "s", quantile(taken, 0.95), MOST_P95_SECONDS, floor),
        Figure("another person's page meanwhile, held up at most", "ms", held_up, MOST_HELD_UP_MS),
        Figure("another person's page, drawn quietly, p50", "ms", 1_000 * statistics.median(quiet), MOST_HELD_UP_MS),
        Figure("check of a session, p50", "ms", check, MOST_CHECK_MS, plain),
    ]


def sign_in(server: Server, login: str) -> float:
    """Seconds until the server answers with a session."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    begun = time.perf_counter()
    connection.request("POST", "/auth/sign-in", urlencode({"login": login, "password": PASSWORD}), FORM)
    answer = connection.getresponse()
    answer.read()
    taken = time.perf_counter() - begun
    connection.close()
    if answer.status != http.client.SEE_OTHER or NAME not in (answer.headers["Set-Cookie"] or ""):
        raise SystemExit(f"{login} was not let in: {answer.status}")
    return taken


def open_stream(server: Server, token: str) -> ClientConnection:
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    headers = {"Cookie": f"{NAME}={token}"}
    return connect(
        address,
        origin=server.url,
        additional_headers=headers,
        subprotocols=["streamlit"],
        max_size=None,
        close_timeout=2,
    )


def draw(stream: ClientConnection) -> float:
    """Seconds until the overview of the project is drawn again, from the request to its last word."""
    message = BackMsg()
    message.rerun_script.query_string = "project=small"
    begun = time.perf_counter()
    stream.send(message.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(stream.recv(timeout=60))
        if answer.WhichOneof("type") == "script_finished":
            return time.perf_counter() - begun


class DrawnMeanwhile:
    """The page, drawn without a pause in a thread until it is stopped."""

    def __init__(self, stream: ClientConnection) -> None:
        self._is_over = threading.Event()
        self._taken: list[float] = []
        self._thread = threading.Thread(target=self._draw_on, args=(stream,))
        self._thread.start()

    def stop(self) -> list[float]:
        """Seconds of each drawing."""
        self._is_over.set()
        self._thread.join()
        return self._taken

    def _draw_on(self, stream: ClientConnection) -> None:
        while not self._is_over.is_set():
            self._taken.append(draw(stream))


def measure_check(data_dir: Path, token: str) -> tuple[float, float]:
    """Milliseconds that the gate adds to a request with a session; and of one read of the same row by SQLite alone."""
    os.environ["TANDEM_DATA"] = str(data_dir)

    async def inner(_scope, _receive, _send):
        pass

    async def ask_often() -> list[float]:
        headers = [(b"host", b"localhost"), (b"cookie", f"{NAME}={token}".encode())]
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
        gate, taken = Gate(inner), []
        for _ in range(CHECKS):
            begun = time.perf_counter()
            await gate({**scope, "client": ("127.0.0.1", 1)}, None, None)
            taken.append(time.perf_counter() - begun)
        return taken

    return 1_000 * statistics.median(anyio.run(ask_often)), 1_000 * statistics.median(read_plainly(data_dir))


def read_plainly(data_dir: Path) -> list[float]:
    def read() -> None:
        db = sqlite3.connect(data_dir / "tandem.db")
        db.execute("SELECT * FROM sessions WHERE token_hash = ?", ("x",)).fetchone()
        db.close()

    return [seconds_of(read) for _ in range(CHECKS)]


def read_cpu(pid: int) -> float:
    """Seconds of processor time that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def seconds_of(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def running(folder: Path):
    server = launch(START_COMMANDS["python"], {}, folder / "data", free_port(), folder, folder / "server.log")
    try:
        wait_until_healthy(server)
        yield server
    finally:
        server.close()
