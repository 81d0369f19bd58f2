"""Invariants of `resume`: what succeeded is taken over, the rest runs again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.laptop import ROOT, Laptop, LocalRun

FOREACH = """
from airflow_provider_flows import *

class F(FlowSpec):
    scale = Parameter("scale", default=1)

    @step
    def start(self):
        self.items = [4, 2, 0]
        self.next(self.body, foreach="items")

    @step
    def body(self):
        self.value = self.scale * 8 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.values = [each.value for each in inputs]
        self.origin = current.origin_run_id
        self.next(self.end)

    @step
    def end(self):
        print("values", self.values)
"""
"""Fails in its last item, so that the others have ended when there is one worker."""
FIXED = FOREACH.replace("8 / self.input", "8 / (self.input or 1)")


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> LocalRun:
    """A run that failed in its last item; its code has been fixed since."""
    failed = Laptop(tmp_path_factory.mktemp("first")).write(FOREACH).run("--max-workers", "1", "--scale", "2", code=1)
    failed.laptop.write(FIXED)
    return failed


@pytest.fixture(scope="module")
def second(first: LocalRun) -> LocalRun:
    """The run that went on from it, and succeeded."""
    return first.laptop.run("resume")


def test_a_resumed_run_has_the_class_constants_of_the_code_it_runs(laptop: Laptop) -> None:
    limited = FOREACH.replace("    @step", "    LIMIT = 1\n\n    @step", 1)
    limited = limited.replace('"values"', '"limit", self.LIMIT, "values"')
    laptop.write(limited)
    assert laptop("run", "--max-workers", "1").code == 1
    laptop.write(limited.replace("LIMIT = 1", "LIMIT = 2").replace("8 / self.input", "8 / (self.input or 1)"))
    assert "limit 2 values" in laptop("resume").out


def test_a_failed_item_runs_again_alone_with_the_mended_code(first: LocalRun, second: LocalRun) -> None:
    failed, resumed = first, second
    assert resumed.cloned == ["body/body-0", "body/body-1", "start/start"]
    assert resumed.ran == ["body/body-2", "end/end", "join/join"]
    assert resumed("end", "values") == [4.0, 8.0, 16.0]
    assert (resumed("end", "scale"), resumed("join", "origin")) == (2, failed.id)


def test_the_client_tells_what_was_taken_over(first: LocalRun, second: LocalRun) -> None:
    failed, resumed = first, second.run
    cloned, ran = resumed["body"]["body-0"], resumed["body"]["body-2"]
    assert cloned.metadata_dict["origin-run-id"] == ran.metadata_dict["origin-run-id"] == failed.id
    assert cloned.origin_pathspec == f"F/{failed.id}/body/body-0" and ran.origin_pathspec is None
    assert resumed.origin_pathspec == f"F/{failed.id}"


def test_a_successful_run_is_taken_over_as_a_whole(second: LocalRun) -> None:
    again = second.laptop.run("resume", "--origin-run-id", second.id)
    assert (len(again.cloned), again.ran) == (6, [])
    assert again.run.successful and again("end", "values") == [4.0, 8.0, 16.0]


def test_a_resumed_run_can_be_resumed(laptop: Laptop) -> None:
    laptop.write(FOREACH).run("--max-workers", "1", "--scale", "3", code=1)
    broken = FIXED.replace('print("values", self.values)', "1 / 0")
    second = laptop.write(broken).run("resume", code=1)
    third = laptop.write(FIXED).run("resume")
    assert (third.ran, third("end", "values")) == (["end/end"], [6.0, 12.0, 24.0])
    assert third.run["body"]["body-2"].metadata_dict["origin-run-id"] == second.id


@pytest.mark.parametrize(
    ("step", "ran"),
    [
        ("end", ["end/end"]),
        ("join", ["end/end", "join/join"]),
        ("body", ["body/body-0", "body/body-1", "body/body-2", "end/end", "join/join"]),
        ("start", ["body/body-0", "body/body-1", "body/body-2", "end/end", "join/join", "start/start"]),
    ],
)
def test_a_step_that_is_named_runs_again_with_all_that_follows(second: LocalRun, step: str, ran: list[str]) -> None:
    resumed = second.laptop.run("resume", step, "--origin-run-id", second.id)
    assert resumed.ran == ran
    assert resumed("end", "values") == [4.0, 8.0, 16.0]


def test_parameters_stay_when_the_start_failed(laptop: Laptop) -> None:
    start = "        self.items = [4, 2, 0]"
    laptop.write(FIXED.replace(start, f"{start}; 1 / 0")).run("--scale", "7", code=1)
    resumed = laptop.write(FIXED).run("resume")
    assert (len(resumed.ran), resumed("end", "scale")) == (6, 7)


def test_parameters_stay_when_the_start_was_killed_and_its_default_has_changed(laptop: Laptop) -> None:
    start = "        self.items = [4, 2, 0]"
    laptop.write(FIXED.replace(start, f"        import os; os.kill(os.getpid(), 9)\n{start}")).run(code=1)
    resumed = laptop.write(FIXED.replace("default=1", "default=9")).run("resume")
    assert resumed("end", "scale") == 1


def test_configurations_are_those_of_the_first_run(laptop: Laptop) -> None:
    config = FIXED.replace("    scale =", '    conf = Config("conf", default="conf.json")\n    scale =')
    (laptop.folder / "conf.json").write_text('{"a": 1}')
    laptop.write(config.replace('print("values"', "1 / 0; print('values'").replace("'values'", '"values"')).run(code=1)
    (laptop.folder / "conf.json").unlink()
    resumed = laptop.write(config.replace("print(", "self.a = self.conf.a; print(")).run("resume")
    assert resumed("end", "a") == 1
    assert "configurations of the original run" in laptop.rejected("resume", "--config-value", "conf", "{}")


def test_a_renamed_step_runs_again_and_so_does_what_led_there(laptop: Laptop) -> None:
    laptop.write(FIXED).run()
    renamed = FIXED.replace("self.join", "self.meet").replace("def join", "def meet")
    resumed = laptop.write(renamed).run("resume")
    assert resumed.cloned == ["start/start"]
    assert resumed.ran == ["body/body-0", "body/body-1", "body/body-2", "end/end", "meet/meet"]


def test_the_last_run_of_the_user_on_this_machine_is_resumed(laptop: Laptop) -> None:
    mine = laptop.write(FIXED).run()
    laptop.run(FLOWS_USER="you")
    assert laptop.run("resume").run.origin_pathspec == f"F/{mine.id}"
    assert "There is no run of F to resume" in laptop.rejected("resume", FLOWS_USER="nobody")


def test_the_command_that_a_failure_ends_with_resumes(laptop: Laptop) -> None:
    other = FIXED.replace("class F", "class G")
    config = ("--config-value", "conf", '{"a": 1}', "--with", "retry:times=1", "--class", "F")
    given = FOREACH.replace("    scale =", '    conf = Config("conf")\n    scale =')
    failed = laptop.write(f"{given}\n{other}").run(*config, code=1)
    laptop.write(f"{given.replace('8 / self.input', '8 / (self.input or self.conf.a)')}\n{other}")
    words = failed.said.err.partition("To resume where it stopped:")[2].partition("\n")[0]
    said = laptop(words.replace("python", laptop.python), command=("sh", "-c"))
    assert said.code == 0 and "values [2.0, 4.0, 8.0]" in said.out


def test_what_cannot_be_resumed_is_told_with_what_can(first: LocalRun) -> None:
    laptop = first.laptop
    assert "has no step 'bdy'. Did you mean 'body'? It has: start, body, join, end." in laptop.rejected("resume", "bdy")
    assert f"F has no run '12' in {laptop.folder}/store. The newest: " in laptop.rejected(
        "resume", "--origin-run-id", "12"
    )
    assert "No such option '--scale'" in laptop.rejected("resume", "--scale", "2").replace(":", "")


def test_the_run_that_was_started_last_is_gone_on_from_whatever_the_clock_says(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path).write(FIXED)
    earlier = laptop.run()
    (tmp_path / "sitecustomize.py").write_text("import time; time.time_ns = lambda: 10**18")  # in 2001
    back = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    last = laptop.write(FOREACH).run("--max-workers", "1", code=1, **back)
    assert int(last.id) == int(earlier.id) + 1
    resumed = laptop.write(FIXED).run("resume", **back)
    assert resumed("join", "origin") == last.id and resumed.cloned == ["body/body-0", "body/body-1", "start/start"]
