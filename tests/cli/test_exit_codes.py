"""2 means that nothing was run and nothing written; what is lost on the way ends with 1, and says how to go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.laptop import FLOWS, Laptop, LocalRun, Said, clean_environ

SOURCE = """
import os
import resource
import shutil

from airflow_provider_flows import FlowSpec, Parameter, step


class F(FlowSpec):
    way = Parameter("way", default="")

    @step
    def start(self):
        self.items = [0, 1]
        self.next(self.body, foreach="items")

    @step
    def body(self):
        print("body", self.input)
        store = os.environ["FLOWS_DATASTORE_ROOT"]
        if self.way == "gone" and self.input:
            shutil.rmtree(store)
            open(store, "w").close()
        if self.way == "full" and self.input:
            resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        if self.way == "exit":
            raise SystemExit(2)
"""
COMPILE = (sys.executable, "-c", "from airflow_provider_flows.cli.compile import main; main()", "a_flow.py")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> LocalRun:
    return Laptop(tmp_path_factory.mktemp("done")).write(SOURCE).run()


def said_into(laptop: Laptop, stdout: int, *words: str, command: tuple[str, ...] = FLOWS, **more: int) -> Said:
    """Run a command that writes its output into a file descriptor."""
    streams = {"stderr": subprocess.PIPE, **more}
    environ = clean_environ(laptop.folder)
    done = subprocess.run([*command, *words], cwd=laptop.folder, env=environ, stdout=stdout, timeout=120, **streams)
    return Said(done.returncode, "", (done.stderr or b"").decode())


def said_to_nobody(laptop: Laptop, *words: str, command: tuple[str, ...] = FLOWS) -> Said:
    """Run a command whose output nobody reads any more."""
    read, write = os.pipe()
    os.close(read)
    try:
        return said_into(laptop, write, *words, command=command)
    finally:
        os.close(write)


@pytest.mark.parametrize("words", ["show", "output-dot", "package list", "runs", "tag list", "--help", "--version"])
def test_a_command_whose_output_is_lost_exits_with_1(done: LocalRun, words: str) -> None:
    with open("/dev/full", "wb") as full:
        said = said_into(done.laptop, full.fileno(), *words.split())
        assert (said.code, said.err.splitlines()[-1]) == (1, "flows: No space left on device")
        assert said_into(done.laptop, full.fileno(), *words.split(), stderr=full.fileno()).code == 1
    assert said_to_nobody(done.laptop, *words.split()).code == 1


@pytest.mark.parametrize("command", ["logs", "dump"])
def test_artifacts_and_logs_that_nobody_reads_exit_with_1(done: LocalRun, command: str) -> None:
    said = said_to_nobody(done.laptop, command, f"{done.id}/body")
    assert said.code == 1 and "Traceback" not in said.err and "rror" not in said.err


def test_a_dag_that_nobody_reads_exits_with_1(done: LocalRun) -> None:
    said = said_to_nobody(done.laptop, command=COMPILE)
    assert said.code == 1 and "rror" not in said.err
    said = said_to_nobody(done.laptop, "-o", "/dev/stdout", command=COMPILE)
    assert said.code == 1 and "Traceback" not in said.err
    with open("/dev/full", "wb") as full:
        assert said_into(done.laptop, full.fileno(), command=COMPILE).code == 1


def assert_stopped(said: Said, why: str, laptop: Laptop) -> None:
    """It ended with 1, said why, and the command that it names goes on."""
    assert said.code == 1 and why in said.words, said
    words = said.err.rsplit("To resume where it stopped: ", 1)[1].split()
    assert words[3] == "a_flow.py" and "Traceback" not in said.err
    assert laptop(*words[4:]).code == 0


def test_a_run_whose_output_is_lost_says_where_it_stopped(laptop: Laptop) -> None:
    laptop.write(SOURCE)
    assert_stopped(said_to_nobody(laptop, "run"), "The run stopped: stdout could not be written: Broken pipe", laptop)
    piped = f"set -o pipefail; {' '.join(FLOWS)} run | head -n 1"
    said = said_into(laptop, subprocess.DEVNULL, command=("bash", "-c", piped))
    assert_stopped(
        said, "The run stopped at step 'start', task start: stdout could not be written: Broken pipe", laptop
    )
    with open("/dev/full", "wb") as full:
        assert_stopped(said_into(laptop, full.fileno(), "run"), "No space left on device", laptop)


def test_a_run_whose_store_goes_away_says_at_which_step(laptop: Laptop) -> None:
    said = laptop.write(SOURCE)("run", "--way", "gone", "--max-workers", "1")
    assert said.code == 1 and "Step 'body' failed: task body-1" in said.words
    assert "resume --origin-run-id" in said.words


def test_a_run_whose_store_is_full_says_at_which_step(laptop: Laptop) -> None:
    said = laptop.write(SOURCE)("run", "--way", "full", "--max-workers", "1")
    assert said.code == 1 and "Step 'body' failed: task body-1" in said.words
    assert "could not be written: File too large" in said.out
    (laptop.folder / "a_flow.py").write_text(SOURCE.replace('"full"', '"never"'))
    assert laptop("resume").code == 0


@pytest.mark.parametrize("step", ["start/start", "body/body-1"])
def test_a_run_whose_origin_is_damaged_says_at_which_step(laptop: Laptop, step: str) -> None:
    origin = laptop.write(SOURCE).run()
    (laptop.folder / "store/F/runs" / origin.id / step / "0").write_bytes(b"x")
    name, task = step.split("/")
    assert_stopped(laptop("resume"), f"The run stopped at step '{name}', task {task}: ", laptop)


def test_a_store_that_is_none_is_found_before_anything_is_done(laptop: Laptop) -> None:
    laptop.write(SOURCE)
    (laptop.folder / "store").write_text("a file")
    words = laptop.rejected("run", "--run-id-file", "id")
    assert "could not be written: Not a directory. Choose another datastore with --datastore-root." in words
    assert not (laptop.folder / "id").exists()


def test_a_file_that_cannot_be_written_whole_is_left_as_it_was(done: LocalRun, tmp_path: Path) -> None:
    file = tmp_path / "values"
    file.write_text("before")
    words = ["dump", f"{done.id}/body", "--private", "--file", str(file)]
    limited = ("bash", "-c", 'ulimit -f 0; trap "" XFSZ; exec "$0" "$@"', *FLOWS)
    said = done.laptop(*words, command=limited)
    assert (said.code, file.read_text(), os.listdir(tmp_path)) == (2, "before", ["values"]), said
    assert f"--file {file}: it could not be written: File too large." in said.words
    assert done.laptop(*words).code == 0 and file.read_bytes() != b"before"


def test_a_step_that_has_begun_never_exits_with_2(laptop: Laptop) -> None:
    origin = laptop.write(SOURCE).run("--way", "exit", code=1)
    said = laptop("step", "end", "--run-id", origin.id)
    assert (said.code, said.words) == (1, f"F/{origin.id}/end/end: the step called sys.exit(2).")
    assert laptop.rejected("step", "body", "--run-id", origin.id, "--split-path", "7")
