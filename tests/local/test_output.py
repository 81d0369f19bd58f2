"""Invariants of what a local run shows, as a reader of a pipe or a plain terminal sees it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from airflow_provider_flows.local.ending import Commands, duration
from airflow_provider_flows.local.lines import on_terminal
from airflow_provider_flows.local.local_run import RunOptions
from airflow_provider_flows.setup.launch import LaunchOptions

from tests.local.conftest import Finished, environ, start, started

Run = Callable[..., Finished]
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"

TALKS = """
    import sys
    from airflow_provider_flows import FlowSpec, catch, retry, step

    class Talks(FlowSpec):
        @step
        def start(self):
            print("[bold]out[/bold] \\x1b[31mred")
            print("err", file=sys.stderr)
            self.items = "ab"
            self.next(self.each, foreach="items")

        @catch(var="failure", print_exception=False)
        @retry(times=1)
        @step
        def each(self):
            assert self.input == "a"
            self.next(self.join)

        @step
        def join(self, inputs):
            self.next(self.end)

        @step
        def end(self):
            print("Zürich 宽")

    if __name__ == "__main__":
        Talks()
"""
FAILS = """
    import os, sys
    from airflow_provider_flows import FlowSpec, Parameter, retry, step

    class Fails(FlowSpec):
        how = Parameter("how", default="raise")

        @retry(times=1)
        @step
        def start(self):
            if self.how == "raise":
                raise ValueError("no good\\nat all")
            elif self.how == "kill":
                os.kill(os.getpid(), 9)
            elif self.how == "exit":
                os._exit(7)
            os._exit(0)
            self.next(self.end)

        @step
        def end(self):
            pass

    if __name__ == "__main__":
        Fails()
"""


def run_of(folder: Path, source: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a flow with its stdout and stderr kept apart."""
    file = folder / "a flow.py"
    file.write_text(dedent(source))
    command = start(file, *arguments)
    return subprocess.run(command, cwd=folder, env=environ(env), capture_output=True, text=True, timeout=60)


def test_every_line_of_a_pipe_says_when_and_where_and_system_lines_come_without_codes(tmp_path: Path) -> None:
    lines = run_of(tmp_path, TALKS).stdout.splitlines()
    assert all(re.match(TIME, line) for line in lines)
    told = [line for line in lines if "red" not in line]
    assert not any("\x1b" in line for line in told)
    place = r"\[\d+/start/start \(pid \d+\)\]"
    for text in ("Task is starting.", "err", "Foreach yields 2 child steps.", "Task finished successfully."):
        assert any(re.fullmatch(rf"{TIME} {place} {re.escape(text)}", line) for line in told), text


def test_what_a_step_prints_is_shown_as_it_is(tmp_path: Path) -> None:
    out = run_of(tmp_path, TALKS).stdout
    assert "[bold]out[/bold] \x1b[31mred\n" in out
    assert "Zürich 宽\n" in out


def test_nothing_is_lost_on_a_stream_that_cannot_spell_it(tmp_path: Path) -> None:
    speaks = 'import os; os.write(1, "Zürich 宽\\n".encode())'
    source = TALKS.replace('print("Zürich 宽")', speaks)
    assert "] Z\\xfcrich \\u5bbd\n" in run_of(tmp_path, source, PYTHONIOENCODING="ascii").stdout


def test_the_header_names_flow_run_store_and_user(flows: Run) -> None:
    done = flows(TALKS, env={"FLOWS_USER": "ada"})
    header = done.output.splitlines()[0]
    assert f"Workflow starting (run-id {done.run_id}): flow Talks, store {done.root}, user ada" in header


def test_a_good_run_ends_with_its_duration_and_counts(flows: Run) -> None:
    last = flows(TALKS).output.splitlines()[-1]
    assert re.fullmatch(rf"{TIME} Done! 5 tasks of 4 steps in \d+\.\d s, 1 retried, 1 caught\.", last)


def test_what_was_caught_is_seen_when_it_happens_and_at_the_end_of_a_run_that_fails(tmp_path: Path) -> None:
    source = TALKS.replace('print("Zürich 宽")', "raise ValueError('late')").replace("assert", "if True: assert")
    lines = run_of(tmp_path, source).stdout.splitlines()
    (caught,) = (line for line in lines if "was caught" in line)
    assert re.search(r"each/each-1 \(pid \d+\)\] Task failed and was caught: AssertionError$", caught)
    (warned,) = (line for line in lines if "Caught: " in line)
    assert warned.endswith("] Caught: AssertionError. The step failed, and the flow continues with what it stored.")
    assert re.search(r" Failed after 4 tasks of 3 steps in \d+\.\d s, 1 retried, 1 caught, 1 failed\.$", lines[-1])


def test_a_task_that_is_tried_again_is_counted_once_also_when_it_had_ended_well(tmp_path: Path) -> None:
    source = """
        import time
        from airflow_provider_flows import FlowSpec, current, parallel, retry, step

        class Together(FlowSpec):
            @step
            def start(self):
                self.next(self.work, num_parallel=3)

            @retry(times=1, minutes_between_retries=0.005)
            @parallel
            @step
            def work(self):
                if current.parallel.node_index == 1 and current.retry_count == 0:
                    time.sleep(0.5)
                    raise ValueError
                self.next(self.join)

            @step
            def join(self, inputs):
                self.next(self.end)

            @step
            def end(self):
                pass
    """
    lines = run_of(tmp_path, source, "--honor-retry-delay").stdout.splitlines()
    assert sum("Task waits 0.3 s before its retry." in line for line in lines) == 3
    assert re.search(r"Done! 6 tasks of 4 steps in \d\.\d s, 3 retried\.", lines[-1])


def test_quiet_shows_what_steps_print_and_nothing_else(tmp_path: Path) -> None:
    done = run_of(tmp_path, TALKS, "--quiet")
    texts = [line.partition(")] ")[2] for line in done.stdout.splitlines() if "/each/" not in line]
    assert sorted(texts) == ["Zürich 宽", "[bold]out[/bold] \x1b[31mred", "err"]  # streams may overtake each other
    assert not done.stderr


def test_a_failed_run_says_what_failed_and_how_to_go_on(tmp_path: Path) -> None:
    done = run_of(tmp_path, FAILS, "--with", "timeout:seconds=60", "--max-num-splits", "200")
    assert done.returncode == 1
    assert re.search(r"ValueError: no good\n.*at all\n.*Task failed\.\n.*Workflow failed\.", done.stdout)
    assert "Step 'start' failed: task start, attempt 2 of 2: ValueError: no good\n" in done.stderr
    run_id = (tmp_path / "run_id").read_text()
    flow = f"flows {shlex.quote(str(tmp_path / 'a flow.py'))}"
    store = f"--datastore-root {tmp_path / 'store'}"
    assert f"{flow} logs {run_id}/start/start {store}\n" in done.stderr
    again = "--with timeout:seconds=60 --max-num-splits 200"
    assert f"{flow} resume --origin-run-id {run_id} {store} {again}\n" in done.stderr


def test_the_hint_is_in_the_words_that_started_the_run(tmp_path: Path) -> None:
    (tmp_path / "a_flow.py").write_text(dedent(FAILS))
    command = [sys.executable, "a_flow.py", "run", "--datastore-root", "store"]
    done = subprocess.run(command, cwd=tmp_path, env=environ(), capture_output=True, text=True, timeout=60)
    assert re.search(r" python a_flow\.py resume --origin-run-id \d+ --datastore-root store\n", done.stderr)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("kill", "its process was killed by SIGKILL."),
        ("exit", "its process ended with exit code 7."),
        ("0", "its process ended with exit code 0 before the step did."),
    ],
)
def test_the_reason_of_a_death_is_named(how: str, reason: str, tmp_path: Path) -> None:
    assert f"attempt 2 of 2: {reason}\n" in run_of(tmp_path, FAILS, "--how", how).stderr


def test_quiet_still_says_why_a_run_failed(tmp_path: Path) -> None:
    done = run_of(tmp_path, FAILS, "--quiet")
    assert "Workflow failed." not in done.stdout
    assert "ValueError: no good" in done.stderr


def test_the_command_to_resume_repeats_what_changes_the_flow(tmp_path: Path) -> None:
    launch = LaunchOptions(("retry:times=2",), {"c": "a b.json"}, {"d": "{}"}, branch="b", production=True)
    options = RunOptions(parameters={"x": 1}, class_name="A", tags=("t",), datastore_root="s3://bucket/a")
    words = shlex.split(Commands.of(tmp_path / "f.py", launch, options).resume("7"))
    assert words[words.index("resume") :] == [
        *("resume", "--origin-run-id", "7", "--datastore-root", "s3://bucket/a", "--class", "A"),
        *("--with", "retry:times=2", "--branch", "b", "--production"),
    ]


def test_durations_are_short() -> None:
    assert [duration(seconds) for seconds in (0.04, 59.9, 60, 200, 3720)] == [
        *("0.0 s", "59.9 s", "1 min 00 s", "3 min 20 s", "1 h 02 min")
    ]


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("plain [bold] 宽\ttab", "plain [bold] 宽\ttab"),
        ("\x1b[1;31mred", "\x1b[1;31mred\x1b[0m"),
        ("cut \x1b[", "cut ^[["),
        ("up \x1b[2A\x1b[2J", "up ^[[2A^[[2J"),
        ("title \x1b]0;x\x07", "title ^[]0;x^G"),
        ("c1 \x9b2J", "c1 \\x9b2J"),
        ("1 %\r100 %", "1 %\r>100 %"),
    ],
)
def test_what_a_step_prints_cannot_move_a_terminals_cursor_out_of_its_line(printed: str, shown: str) -> None:
    assert on_terminal(printed, ">") == shown


def test_a_reader_that_has_seen_enough_ends_the_run_without_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "a_flow.py"
    file.write_text(dedent(TALKS))
    with started(file, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        os.read(process.stdout.fileno(), 10)
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
        assert process.wait(timeout=30) == 1


def test_lines_can_begin_with_less(tmp_path: Path) -> None:
    lines = run_of(tmp_path, TALKS, "--short-prefix").stdout.splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d [\[WD]", line) for line in lines), lines
    assert any(re.fullmatch(r"\d\d:\d\d:\d\d \[start\] Task is starting\.", line) for line in lines)


STOPS = """
    from airflow_provider_flows import FlowSpec, step

    class Stops(FlowSpec):
        @step
        def start(self):
            breakpoint()
            self.next(self.end)

        @step
        def end(self):
            pass

    if __name__ == "__main__":
        Stops()
"""


def test_a_debugger_that_waits_is_told_with_the_command_to_debug_the_task_alone(tmp_path: Path) -> None:
    file = tmp_path / "stops.py"
    file.write_text(dedent(STOPS))
    with subprocess.Popen(
        start(file, "--max-workers", "3"),
        cwd=tmp_path,
        env=environ({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "A debugger is waiting" in line:
                break
        told = re.search(r"\(Pdb\) A debugger is waiting.* type: (.*)\n", lines[-1])
        assert told and " step start --run-id " in told[1] and "--max-workers" not in told[1], lines
        process.stdin.write("c\n")
        process.stdin.close()
        assert "Done! 2 tasks" in process.stdout.read()
    typed = [str(Path(sys.executable).with_name("flows")), *shlex.split(told[1])[1:]]
    done = subprocess.run(typed, cwd=tmp_path, env=environ({}), input="c\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "(Pdb)" in done.stdout, done
