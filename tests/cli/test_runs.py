"""`runs`: what there is, how it went, and where it ran."""

from __future__ import annotations

import json

import pytest
from airflow_provider_flows.store import open_store

from tests.cli.laptop import Laptop
from tests.flow.sources import two_steps

JOIN = """
from metaflow import FlowSpec, Parameter, step
class F(FlowSpec):
    bad = Parameter("bad", default=-1)
    @step
    def start(self):
        self.xs = [0, 1, 2]
        self.next(self.body, foreach="xs")
    @step
    def body(self):
        assert self.input != self.bad
        self.next(self.join)
    @step
    def join(self, inputs):
        assert self.bad != 9
        self.next(self.end)
    @step
    def end(self): pass
"""


def listed(laptop: Laptop, *words: str, **environ: str) -> list[dict[str, object]]:
    said = laptop("runs", "--json", *words, **environ)
    assert said.code == 0, said
    return [json.loads(line) for line in said.out.splitlines()]


def test_runs_are_listed_newest_first_with_how_and_where_they_went(laptop: Laptop) -> None:
    laptop.write(JOIN)
    good, body = laptop.run("--tag", "t"), laptop.run("--bad", "1", code=1)
    join = laptop.run("--bad", "9", code=1)
    rows = listed(laptop)
    assert [(row["run"], row["state"], row["where"], row["tags"]) for row in rows] == [
        (join.id, "failed at join", "local (me)", []),
        (body.id, "failed at body", "local (me)", []),
        (good.id, "successful", "local (me)", ["t"]),
    ]
    assert all(0 <= float(str(row["duration"])) < 60 and str(row["started"]).startswith("20") for row in rows)
    table = laptop("runs").out.splitlines()
    assert table[0].split() == ["RUN", "STATE", "STARTED", "DURATION", "WHERE", "TAGS"]
    assert [line.split()[0] for line in table[1:]] == [join.id, body.id, good.id]
    assert "failed at join" in table[1] and table[3].endswith("local (me)  t")


def test_a_run_whose_process_was_killed_failed(laptop: Laptop) -> None:
    laptop.write(two_steps("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")).run(code=1)
    assert [row["state"] for row in listed(laptop)] == ["failed at start"]


def test_lists_are_narrowed_by_tag_number_and_namespace(laptop: Laptop) -> None:
    laptop.write(two_steps("pass"))
    runs = [laptop.run("--tag", tag).id for tag in ("a", "b", "a")]
    theirs = laptop.run(FLOWS_USER="you").id
    assert [row["run"] for row in listed(laptop, "--tag", "a")] == [runs[2], runs[0]]
    assert [row["run"] for row in listed(laptop, "--limit", "1")] == [runs[2]]
    assert [row["run"] for row in listed(laptop, "--namespace=")] == [theirs, *reversed(runs)]
    assert "user:nobody" in laptop("runs", "--namespace", "user:nobody").words


@pytest.mark.parametrize("words", [("--tag", "x"), ()])
def test_where_there_is_nothing_to_list_the_words_say_what_to_type(laptop: Laptop, words: tuple[str, ...]) -> None:
    said = laptop.write(two_steps("pass"))("runs", *words)
    assert (said.code, said.out) == (0, "") and "run starts one" in said.words
    assert "--limit" in laptop.rejected("runs", "--limit", "0")


def test_runs_of_nobody_are_listed_as_the_client_shows_them(laptop: Laptop) -> None:
    open_store(str(laptop.folder / "store")).write_run("F", "manual__1", {"system_tags": ["runtime:airflow"]})
    laptop.write(two_steps("pass"))
    assert [(row["run"], row["where"]) for row in listed(laptop)] == [("manual__1", "airflow")]


def test_a_damaged_record_hides_no_other_run(laptop: Laptop) -> None:
    laptop.write(two_steps("pass"))
    first, second = laptop.run(), laptop.run()
    (record,) = (laptop.folder / "store" / "F" / "runs" / first.id / "end").glob("*/0")
    record.write_bytes(b"")
    assert [(row["run"], row["state"]) for row in listed(laptop)] == [
        (second.id, "successful"),
        (first.id, "unreadable"),
    ]
