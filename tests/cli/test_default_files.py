"""Files that a flow reads by default, from another folder than the flow's."""

from __future__ import annotations

import sys

import pytest

from tests.cli.laptop import Laptop
from tests.flow.sources import flow

FLOWS = (sys.executable, "-m", "airflow_provider_flows", "jobs/a_flow.py")
BODY = """
c = Config("c", default="set/c.json")
text = IncludeFile("text", default="set/c.json")
def start(self):
    self.seen = self.c.v, self.text
    print(self.seen)
"""


@pytest.fixture
def shop(laptop: Laptop) -> Laptop:
    """A flow in `jobs`, whose commands are given in the folder above."""
    for name in ("jobs/set", "set"):
        (laptop.folder / name).mkdir(parents=True)
    (laptop.folder / "jobs" / "a_flow.py").write_text(flow(BODY))
    return laptop


def put(laptop: Laptop, file: str, value: int) -> None:
    (laptop.folder / file).write_text(f'{{"v": {value}}}')


@pytest.mark.parametrize("place", ["set/c.json", "jobs/set/c.json"])
@pytest.mark.parametrize("options", [(), ("--packaged",)])
def test_a_run_finds_them_in_either_place(shop: Laptop, place: str, options: tuple[str, ...]) -> None:
    put(shop, place, 7)
    said = shop("run", *options, command=FLOWS)
    assert said.code == 0 and """(7, '{"v": 7}')""" in said.out, said


@pytest.mark.parametrize("command", ["check", "run", "compile"])
def test_two_that_differ_are_an_error_that_names_both(shop: Laptop, command: str) -> None:
    put(shop, "set/c.json", 7)
    put(shop, "jobs/set/c.json", 8)
    said = shop(command, command=FLOWS)
    assert (said.code, said.out) == (2, "")
    for name in ("set/c.json", "jobs/set/c.json"):
        assert f"{shop.folder}/{name}" in said.words


def test_what_travels_lies_beside_the_flow(shop: Laptop) -> None:
    put(shop, "set/c.json", 7)
    listed = shop("package", "list", command=FLOWS)
    assert [line.split()[1] for line in listed.out.splitlines()] == ["a_flow.py", "set/c.json"]
    assert shop("compile", command=FLOWS).out.count('"set/c.json"') >= 2  # the default, and the file


def test_one_that_is_nowhere_is_looked_for_in_both(shop: Laptop) -> None:
    said = shop("check", command=FLOWS)
    assert said.code == 2 and f"looked up in {shop.folder} and in {shop.folder}/jobs" in said.words
