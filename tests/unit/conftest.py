"""What is built once a session: the sample projects, which train two models, and a small project to be copied."""

import time

import pytest

from hitl.domain.clock import utc_now
from hitl.samples import build_samples
from tests.desk_of_people import cheap_passwords  # noqa: F401  a fixture for all
from tests.small_project import SmallProject


@pytest.fixture(scope="session")
def made_small(tmp_path_factory):
    """A small project, closed: each test takes a copy, which is made sooner than a project."""
    made = SmallProject(tmp_path_factory.mktemp("small"))
    made.db.conn.close()
    return made


@pytest.fixture(scope="session")
def samples_log():
    """The progress that the build of ``built_samples`` reported: (share, note), and ``seconds`` of CPU."""
    return []


@pytest.fixture(scope="session")
def built_samples(tmp_path_factory, samples_log):
    """A data folder with the sample projects; look, don't change."""
    folder = tmp_path_factory.mktemp("samples")
    begin = time.process_time()
    build_samples(folder, now=utc_now(), tick=lambda share, note: samples_log.append((share, note)))
    samples_log.append(("seconds", time.process_time() - begin))
    return folder
