"""Invariants of `tag` and of `run --tag`."""

from __future__ import annotations

import pytest

from tests.cli.laptop import Laptop, LocalRun
from tests.flow.sources import flow


@pytest.fixture
def run(laptop: Laptop) -> LocalRun:
    return laptop.write(flow("def start(self): print('tags', *sorted(current.tags))")).run("--tag", "b", "--tag", "a")


def tags(run: LocalRun) -> list[str]:
    return run.laptop("tag", "list", run.id, "--flat", "--hide-system-tags").out.splitlines()


def test_a_run_has_the_tags_that_it_was_given(run: LocalRun) -> None:
    assert tags(run) == ["a", "b"] == sorted(run.run.user_tags)
    assert any(line.endswith("tags a b") for line in run.said.out.splitlines())


def test_tags_are_added_removed_and_replaced_of_the_newest_run_or_another(run: LocalRun) -> None:
    other = run.laptop.run()
    assert run.laptop("tag", "add", "c", "d").code == 0
    assert (tags(run), tags(other)) == (["a", "b"], ["c", "d"])
    assert run.laptop("tag", "remove", "a", "nothing", "--run-id", run.id).code == 0
    assert (
        run.laptop("tag", "replace", "--remove", "b", "--add", "e", "--add", "f", "--run-id", f"F/{run.id}").code == 0
    )
    assert (tags(run), tags(other)) == (["e", "f"], ["c", "d"])


def test_the_list_tells_users_tags_from_the_systems(run: LocalRun) -> None:
    said = run.laptop("tag", "list").out.splitlines()
    assert said[:4] == [f"F/{run.id}:", "  a", "  b", "  of the system, which cannot be changed:"]
    assert "    user:me" in said and "    runtime:local" in said
    assert run.laptop("tag", "list", "--hide-system-tags").out.splitlines() == said[:3]
    flat = run.laptop("tag", "list", "--flat").out.splitlines()
    assert flat == sorted(flat) and {"a", "b", "user:me"} <= set(flat)


def test_several_runs_are_listed_by_run_or_by_tag(run: LocalRun) -> None:
    mine, yours = run.laptop.run("--tag", "a"), run.laptop.run("--tag", "a", FLOWS_USER="you")
    by_tag = run.laptop("tag", "list", "--my-runs", "--group-by-tag", "--hide-system-tags").out
    assert by_tag.splitlines() == ["a:", f"  {mine.id}", f"  {run.id}", "b:", f"  {run.id}"]
    by_run = run.laptop("tag", "list", "--all", "--hide-system-tags").out
    assert by_run.splitlines()[:2] == [f"F/{yours.id}:", "  a"] and f"F/{run.id}:" in by_run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["remove", "user:me"], "'user:me': tags of the system cannot be removed."),
        (["add", ""], "A tag cannot be empty."),
        (["add", "x" * 501], "A tag has up to 500 characters"),
        (["add", *map(str, range(50))], "The run would have 52 tags, and 50 are allowed."),
        (["add", "x", "--run-id", "12"], "F has no run '12' in"),
    ],
)
def test_what_cannot_be_a_tag_is_rejected_and_changes_nothing(run: LocalRun, words: list[str], said: str) -> None:
    assert said in run.laptop.rejected("tag", *words)
    assert tags(run) == ["a", "b"]


def test_a_run_does_not_begin_with_tags_that_it_cannot_have(laptop: Laptop) -> None:
    laptop.write(flow("def start(self): pass"))
    assert "A tag cannot be empty" in laptop.rejected("run", "--tag", "")
    assert "A tag has up to 500 characters" in laptop.rejected("run", "--tag", "x" * 501)
    many = [word for number in range(51) for word in ("--tag", str(number))]
    assert "--tag is given 51 times, and a run has up to 50 tags." in laptop.rejected("run", *many)
    assert not (laptop.folder / "store").exists()


def test_your_newest_run_is_meant_unless_another_namespace_is_named(run: LocalRun) -> None:
    yours = run.laptop.run("--tag", "theirs", FLOWS_USER="you")
    for words in (("--namespace", "user:you"), ("--namespace=",), ("--namespace", "theirs")):
        assert run.laptop("tag", "list", *words).out.startswith(f"F/{yours.id}:"), words
    assert run.laptop("tag", "list").out.startswith(f"F/{run.id}:")
    assert "belongs to the namespace 'nobody'" in run.laptop.rejected("--namespace", "nobody", "tag", "list")
