"""In a notebook, objects are small tables; nothing is loaded for them, and no text of a run becomes markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from airflow_provider_flows.client import DataArtifact, Flow, Metaflow, Run, Step, Task
from airflow_provider_flows.client.preview import short_value
from airflow_provider_flows.store import Store
from airflow_provider_flows.text import size

HOSTILE = "<script>alert('&')</script>"


class _Cells(HTMLParser):
    """The texts of a document's cells, row by row; HTML that is not balanced is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in ("div", "strong", "table", "tr", "th", "td")
        self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1] in ("th", "td"):
            self.rows[-1][-1] += data


def shown(thing: object) -> list[list[str]]:
    return _Cells(thing._repr_html_()).rows


def test_a_task_shows_how_it_went_and_what_it_left(write, monkeypatch) -> None:
    write("1", tags=["a", "b"])("fit", artifacts={"x": 3, "text": "y" * 3000, "_hidden": 1})
    monkeypatch.setattr(Store, "load", None)
    rows = shown(Task("TrainFlow/1/fit/fit"))
    assert ["status", "successful"] in rows and ["tags", "a, b, user:me"] in rows
    assert rows[-3:] == [
        ["artifact", "type", "size", "value"],
        ["text", "str", "2.9 KiB", ""],
        ["x", "int", "5 B", "3"],
    ]


@pytest.mark.parametrize(("outcome", "word"), [("ok", "successful"), ("caught", "caught"), ("failed", "failed")])
def test_outcomes_have_words(write, outcome, word) -> None:
    failure = {"type": "builtins.ValueError", "message": "no", "stacktrace": "…"}
    run = write("1")
    run("end", outcome=outcome, exception=None if outcome == "ok" else failure)
    assert ["status", word] in shown(Task("TrainFlow/1/end/end"))
    assert ["status", "failed at end" if word == "failed" else word] in shown(Run("TrainFlow/1"))
    assert (["exception", "builtins.ValueError"] in shown(Task("TrainFlow/1/end/end"))) is (outcome == "failed")


def test_a_killed_task_is_not_finished(write) -> None:
    write("1").log("fit", "stdout working", task="fit-0")
    assert shown(Step("TrainFlow/1/fit"))[-1][:3] == ["fit-0", "not finished", "0"]
    assert ["status", "failed at fit"] in shown(Run("TrainFlow/1"))


def test_a_wide_step_shows_its_newest_tasks_and_how_many_more_there_are(write) -> None:
    write("1").foreach(1034)
    rows = shown(Step("TrainFlow/1/fit"))
    assert ["tasks", "1034"] in rows and rows[-1] == ["… and 1,014 more"]
    assert [row[0] for row in rows if row[0].startswith("fit-")] == [f"fit-{n}" for n in range(1033, 1013, -1)]
    assert ["fit", "1034"] in shown(Run("TrainFlow/1"))


def test_runs_and_flows_are_listed(write) -> None:
    for number in range(30):
        write(str(number), tags=["t"]).succeed()
    rows = shown(Flow("TrainFlow"))
    assert rows[1][:2] == ["29", "successful"] and rows[1][3] == "t" and rows[-1] == ["… and more"]
    assert shown(Metaflow())[-1][:2] == ["TrainFlow", "29"]


def test_data_and_artifacts_show_types_and_sizes(write, monkeypatch) -> None:
    write("1").succeed(x=3)
    monkeypatch.setattr(Store, "load", None)
    assert shown(Run("TrainFlow/1").data) == [["artifact", "type", "size", "value"], ["x", "int", "5 B", "3"]]
    assert ["type", "int"] in shown(DataArtifact("TrainFlow/1/end/end/x"))


def test_a_resumed_run_shows_what_it_goes_on_from(write) -> None:
    original = write("1")("end")
    second = write("2", origin_run_id="1")
    second.take_over(original)
    assert ["resumed from", "TrainFlow/1"] in shown(Run("TrainFlow/2"))
    assert ["taken over from", "TrainFlow/1/end/end"] in shown(Task("TrainFlow/2/end/end"))


def test_no_text_becomes_markup(write) -> None:
    run = write(HOSTILE, flow=HOSTILE, tags=[HOSTILE])
    run("end", artifacts={HOSTILE: 1}, outcome="failed", exception={"type": HOSTILE, "message": "", "stacktrace": ""})
    run("end")
    seen = Flow(HOSTILE.replace("/", "%2F"))
    task = seen.latest_run["end"].task
    objects = [Metaflow(), seen, seen.latest_run, task.parent, task, Task(task.pathspec, attempt=0), task.data]
    objects += list(Task(task.pathspec, attempt=0))
    for one in objects:
        assert shown(one) is not None
    assert any(HOSTILE in row for row in shown(Task(task.pathspec, attempt=0)))


def test_long_texts_are_cut(write) -> None:
    write("1", tags=["t" * 500]).succeed()
    assert max(len(cell) for row in shown(Run("TrainFlow/1")) for cell in row) == 201


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (5 << 20, "5.0 MiB"), (3 << 50, "3072.0 TiB")]
)
def test_sizes_are_for_people(count, text) -> None:
    assert size(count) == text


def test_notebooks_complete_the_names_of_children(write) -> None:
    write("1").succeed(x=1)
    assert Run("TrainFlow/1")._ipython_key_completions_() == ["end", "start"]
    assert Metaflow()._ipython_key_completions_() == ["TrainFlow"]


class Trap:
    def __repr__(self) -> str:
        raise AssertionError("no code of a class runs for a table")

    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("nothing is unpickled for a table",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        ([1, 2], "[1, 2]"),
        ({"a": {"b": 1}}, "{'a': {'b': 1}}"),
        ("x" * 100, "'xxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxx'"),
        (list(range(50)), "[0, 1, 2, 3, 4, 5, ...]"),
        (None, "None"),
        ([Trap()], ""),
        (Trap(), ""),
    ],
)
def test_plain_values_are_shown_in_short(write, value, text) -> None:
    write("1")("fit", artifacts={"x": value})
    assert shown(Task("TrainFlow/1/fit/fit"))[-1][-1] == text


def test_a_type_that_lies_shows_no_value(write) -> None:
    store = write("1").store
    ref = store.save("TrainFlow", {"x": Trap()})["x"]
    assert short_value(replace(ref, type="int")) is None
