"""The sample projects, built once a session: they train two models."""

import time

import pytest

from hitl.domain.clock import utc_now
from hitl.samples import build_samples
from tests.desk_of_people import cheap_passwords  # noqa: F401  a fixture for all


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
