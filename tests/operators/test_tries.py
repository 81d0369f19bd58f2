"""Which try of which round it is, whatever was cleared and redeployed in between."""

from __future__ import annotations

import pytest
from airflow_provider_flows.operators.tries import Said, Try, next_try
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from .counting import Counted

CATCH = 3
"""The fallback tries that @catch asks for."""


def is_fallback(begun: Try, fallback: int = CATCH) -> bool:
    return begun.budget(fallback).is_fallback(begun.retry_count)


def tries_of(task: Counted, number: int) -> list[Try]:
    found = []
    for _ in range(number):
        found.append(task.start())
        task.fail()
    return found


def test_retries_count_up_and_a_clear_begins_anew() -> None:
    task = Counted(retries=2)
    assert [(each.retry_count, each.cleared) for each in tries_of(task, 3)] == [(0, False), (1, False), (2, False)]
    task.clear()
    again = tries_of(task, 3)
    assert [(each.retry_count, each.cleared) for each in again] == [(0, True), (1, True), (2, True)]
    assert {each.epoch for each in again} == {3}


@pytest.mark.parametrize("serialized", [True, False])
@pytest.mark.parametrize(("before", "after"), [(0, 2), (2, 0), (3, 1), (1, 2), (0, CATCH), (1, 1 + CATCH)])
@pytest.mark.parametrize("succeeded_at", [1, 2])
def test_a_clear_is_seen_whatever_the_redeploy_did_to_the_retries(
    before: int, after: int, serialized: bool, succeeded_at: int
) -> None:
    task = Counted(before)
    tries_of(task, min(succeeded_at, before + 1) - 1)
    task.start()
    task.deploy(after, serialized=serialized)
    task.clear()
    begun = task.start()
    assert begun.cleared and begun.retry_count == 0 and not is_fallback(begun)


def test_catch_that_is_added_before_a_clear_does_not_catch_what_never_ran() -> None:
    """Airflow counts by the old DAG still: one more try, and no fallback try behind it."""
    task = Counted(retries=0)
    task.start()
    task.deploy(CATCH, serialized=False)
    task.clear()
    begun = task.start()
    assert not is_fallback(begun) and begun.budget(CATCH).user == 0 == begun.retry_count


def test_a_killed_try_is_followed_by_a_retry_or_a_fallback_try() -> None:
    task = Counted(retries=1 + CATCH)
    assert [is_fallback(task.start()) for _ in range(5)] == [False, False, True, True, True]


def test_tries_that_never_began_do_not_use_up_those_of_user_code() -> None:
    task = Counted(retries=1 + CATCH)
    task.start(dies_early=True)
    begun = [task.start() for _ in range(3)]
    assert [each.retry_count for each in begun] == [0, 1, 2]
    assert [is_fallback(each) for each in begun] == [False, False, True]
    assert not any(each.cleared for each in begun)


def test_the_last_try_that_airflow_grants_is_the_last_of_user_code() -> None:
    task = Counted(retries=1 + CATCH)
    for _ in range(4):
        task.start(dies_early=True)
    begun = task.start()
    assert begun.retry_count == begun.budget(CATCH).user == 0


def test_a_retry_stays_one_when_another_task_of_the_run_is_cleared() -> None:
    task = Counted(retries=2)
    task.start()
    task.fail()
    task.clear_another()
    begun = task.start()
    assert (begun.retry_count, begun.cleared) == (1, False)


@pytest.mark.parametrize("retries", [0, 1, CATCH])
def test_a_task_that_is_cleared_while_it_runs_runs_again(retries: int) -> None:
    task = Counted(retries)
    task.start()
    task.clear(running=True, finished_run=False)
    begun = task.start()
    assert (begun.retry_count, begun.cleared, is_fallback(begun)) == (0, True, False)


def test_a_task_that_never_ran_was_not_cleared() -> None:
    """One that was `upstream_failed` has no try: it is like one that was waiting all the time."""
    task = Counted(retries=1)
    task.deploy(3)
    task.clear()
    begun = task.start()
    assert (begun.retry_count, begun.cleared, begun.budget(0).user) == (0, False, 3)


def test_without_any_note_the_numbers_tell_what_they_can() -> None:
    assert next_try(Said(try_number=2, max_tries=1, clear_number=1, retries=0), None).cleared
    assert not next_try(Said(try_number=2, max_tries=1, clear_number=0, retries=1), None).cleared


def test_the_note_of_a_deleted_run_means_nothing_to_one_of_its_id() -> None:
    old = Try(Said(3, 2, 0, 2), retry_count=2, code=1)
    assert next_try(Said(1, 2, 0, 2), old) == Try(Said(1, 2, 0, 2))


def test_a_note_is_what_it_was_when_it_is_read_again() -> None:
    task = Try(Said(4, 5, 2, 1), epoch=2, retry_count=1, cleared=True, code=3, fails=True)
    assert Try.from_json(task.to_json()) == task


class AnyHistory(RuleBasedStateMachine):
    """Fails, kills, clears and redeploys in any order: what is true of a try is what the notes make of it."""

    @initialize(user=st.integers(0, 2), catch=st.booleans(), raises_always=st.booleans())
    def first(self, user: int, catch: bool, raises_always: bool) -> None:
        self.fallback = CATCH if catch else 0
        self.task = Counted(user + self.fallback, raises_always=raises_always)
        self.over, self.was_cleared = False, False
        self.begin()

    def begin(self) -> None:
        before = self.task.note
        self.begun = self.task.start()
        self.rounds_begun = 1 if self.was_cleared or before is None else self.rounds_begun + 1
        stays_cleared = before is not None and before.cleared
        assert self.begun.cleared == (self.was_cleared or stays_cleared)
        assert self.begun.retry_count == self.rounds_begun - 1
        if is_fallback(self.begun, self.fallback):
            assert self.rounds_begun > 1, "a fallback try follows a try of its round that ran user code"
        self.over, self.was_cleared = False, False

    @precondition(lambda self: self.task.is_retried)
    @rule(how=st.sampled_from(["raises", "is killed"]), another=st.booleans())
    def the_try_fails_and_is_retried(self, how: str, another: bool) -> None:
        if how == "raises":
            self.task.fail()
        if another and how == "raises":
            self.task.clear_another()
        self.begin()

    @rule(how=st.sampled_from(["raises", "is killed", "succeeds"]), user=st.integers(0, 2), catch=st.booleans())
    def the_task_is_cleared_after_a_redeploy(self, how: str, user: int, catch: bool) -> None:
        # While it waits for a retry that Airflow counted by an older DAG, numbers alone cannot tell it from that retry.
        if how == "raises" and (not self.task.is_retried or self.task.known == self.task.retries):
            self.task.fail()
        serialized = self.begun.retry_count % 2 == 0
        self.fallback = CATCH if catch else 0
        self.task.deploy(user + self.fallback, serialized=serialized)
        self.task.clear()
        self.was_cleared = True
        self.begin()

    @invariant()
    def a_try_has_a_place_in_its_round(self) -> None:
        if hasattr(self, "begun"):
            assert self.begun.budget(self.fallback).user <= self.begun.retry_count + self.begun.said.left


AnyHistory.TestCase.settings = settings(max_examples=60, stateful_step_count=10, deadline=None)
TestAnyHistory = AnyHistory.TestCase
