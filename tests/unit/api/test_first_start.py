"""hitl.api.first_start: the console lets the first owner in where others can reach Tandem, and nowhere else."""

import re

import pytest

from hitl.api.first_start import describe_start, make_first_link
from hitl.domain.errors import NotFound
from hitl.loop.access_links import read_link
from hitl.settings import read_settings
from tests.accounts import add_owner, now, opened


def first_link(data_dir, *, listens="127.0.0.1", **environ):
    return make_first_link(read_settings({"TANDEM_DATA": str(data_dir), **environ}), listens, 8501)


def test_a_start_says_where_tandem_is_and_nothing_else_on_the_loopback(own_data_folder):
    settings = read_settings({"TANDEM_DATA": str(own_data_folder), "TANDEM_BASEPATH": "/tandem"})
    assert describe_start(settings, "127.0.0.1", 8501).endswith("is ready: http://localhost:8501/tandem")


def token_of(told):
    return re.search(r"/auth/link/(\S+)", told)[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_the_loopback_the_local_owner_needs_no_link(own_data_folder, host):
    assert first_link(own_data_folder, listens=host) is None


def test_reachable_from_elsewhere_it_prints_a_link_that_works(own_data_folder):
    told = first_link(own_data_folder, listens="0.0.0.0")
    assert "http://localhost:8501/auth/link/" in told
    assert "TANDEM_ADDRESS" in told
    with opened(own_data_folder) as tandem:
        assert read_link(tandem, token_of(told), now=now())[0].kind == "setup"


def test_the_link_begins_with_the_address_that_people_type(own_data_folder):
    address = {"TANDEM_ADDRESS": "https://desk.example.org/tandem", "TANDEM_BASEPATH": "/tandem"}
    assert "  https://desk.example.org/tandem/auth/link/" in first_link(own_data_folder, **address)


def test_a_new_start_makes_a_new_link_and_ends_the_one_before(own_data_folder):
    first, second = (token_of(first_link(own_data_folder, listens="0.0.0.0")) for _ in range(2))
    with opened(own_data_folder) as tandem:
        assert read_link(tandem, second, now=now())
        with pytest.raises(NotFound):
            read_link(tandem, first, now=now())


def test_once_somebody_has_an_account_nothing_is_printed(own_data_folder):
    add_owner(own_data_folder)
    assert first_link(own_data_folder, listens="0.0.0.0") is None
