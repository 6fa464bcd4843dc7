"""Passwords: what opens, what is refused, and that a name nobody has costs as much."""

import threading
from unittest import mock

import pytest
from argon2 import PasswordHasher, extract_parameters

from hitl.adapters import passwords
from hitl.adapters.passwords import check_password, hash_password, is_outdated, verify_password
from hitl.domain.errors import BadInput
from tests.desk_of_people import CHEAP

GOOD = "gravel-otter-lantern-39"


def test_a_password_is_hashed_by_argon2id_with_the_least_that_owasp_names_or_more():
    found = extract_parameters(hash_password(GOOD))
    assert (found.type.name, found.time_cost, found.memory_cost, found.parallelism) == ("ID", 1, 47_104, 1)


def test_the_password_of_a_hash_opens_it_and_no_other(cheap_passwords):
    stored = hash_password(GOOD)
    assert verify_password(stored, GOOD)
    assert not verify_password(stored, GOOD + " ")
    assert not verify_password("no hash at all", GOOD)
    assert hash_password(GOOD) != stored


def test_the_same_letters_put_together_otherwise_are_the_same_password(cheap_passwords):
    assert verify_password(hash_password("l\u00f6wenzahn-im-garten"), "lo\u0308wenzahn-im-garten")


def test_a_name_that_nobody_has_costs_one_verification_with_the_same_numbers():
    asked = []
    with mock.patch.object(passwords, "_HASHER", wraps=passwords._HASHER) as hasher:
        hasher.verify.side_effect = lambda stored, word: (
            asked.append(stored) or passwords.PasswordHasher().verify(CHEAP.hash("x"), word)
        )
        assert not verify_password(None, GOOD)
    found = extract_parameters(asked[0])
    assert (found.time_cost, found.memory_cost) == (passwords.PASSES, passwords.MEMORY_KIB)
    assert len(asked) == 1


def test_no_password_opens_an_account_without_one(cheap_passwords):
    assert not verify_password(None, "nobody's")


def test_a_hash_made_with_other_numbers_is_outdated():
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD))
    assert not is_outdated(hash_password(GOOD))


def test_no_more_than_two_are_hashed_at_once(cheap_passwords):
    inside, most, gate = 0, 0, threading.Lock()
    both = threading.Barrier(passwords.AT_ONCE)

    def slow(_word):
        nonlocal inside, most
        with gate:
            inside += 1
            most = max(most, inside)
        both.wait(10)
        with gate:
            inside -= 1
        return "hash"

    with mock.patch.object(passwords, "_HASHER", mock.Mock(hash=slow)):
        threads = [threading.Thread(target=hash_password, args=(GOOD,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == passwords.AT_ONCE


@pytest.mark.parametrize("word", [GOOD, "correct horse battery staple", "xK3#pLq9vRt2", "ñandú øre ßtraße 51"])
def test_a_long_password_that_is_hard_to_guess_is_taken(word):
    check_password(word, known=("Olga Meier", "olga"))


@pytest.mark.parametrize(
    "word",
    ["password123456", "aaaaaaaaaaaaaaaa", "qwertzuiopasdf", "123456789012", "abcabcabcabcabc", "Password2024!"],
)
def test_a_password_that_everybody_tries_is_refused(word):
    with pytest.raises(BadInput, match="easy to guess"):
        check_password(word)


def test_a_password_made_of_ones_own_name_is_refused():
    check_password("zwirnblatt-2031", known=())
    with pytest.raises(BadInput, match="easy to guess"):
        check_password("zwirnblatt-2031", known=("Zwirnblatt", ""))


def test_a_short_password_is_refused_with_the_length_it_needs():
    with pytest.raises(BadInput, match="has 11 characters; it needs 12"):
        check_password("gravel-otte")


def test_a_password_of_any_length_is_judged_at_once_or_refused():
    check_password(GOOD + "a1" * 200)
    with pytest.raises(BadInput, match="longer than 512"):
        check_password("x" * 513)
