"""Whatever is wrong with files and stores, it is said in one piece: exit code 2, no traceback, nothing lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.laptop import FLOWS, Laptop
from tests.flow.sources import flow, two_steps

GOOD = two_steps("print('ran')")
COMMANDS = (
    ["check"],
    ["show"],
    ["run"],
    ["run", "--help"],
    ["resume"],
    ["dump", "1/start"],
    ["logs", "1/start"],
    ["tag", "list"],
    ["step", "start", "--run-id", "1"],
    ["compile"],
    ["package", "list"],
)


def of(file: str) -> tuple[str, ...]:
    return (*FLOWS[:-1], file)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("content", "words"),
    [("class F(", "a_flow.py:1: '(' was never closed"), ("import no_such_module", "No module named 'no_such_module'")],
)
def test_every_command_says_where_a_flow_is_broken(
    laptop: Laptop, command: list[str], content: str, words: str
) -> None:
    assert words in laptop.write(content).rejected(*command)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("missing.py", "missing.py: there is no such file"),
        (".", ".: this is a folder"),
        ("flow.txt", "this is not a Python file"),
        ("binary.py", "cannot be decoded"),
        ("nul.py", "null bytes"),
        ("closed.py", "closed.py: Permission denied"),
    ],
)
def test_what_is_no_flow_is_rejected_by_name(laptop: Laptop, file: str, words: str) -> None:
    (laptop.folder / "flow.txt").write_text(GOOD)
    (laptop.folder / "binary.py").write_bytes(b"\x89PNG\xff\xfe")
    (laptop.folder / "nul.py").write_bytes(b"\0\0")
    closed = laptop.folder / "closed.py"
    closed.write_text(GOOD)
    closed.chmod(0)
    if file == "closed.py" and os.access(closed, os.R_OK):
        pytest.skip("this user may read everything")
    for command in ([], ["run"]):
        said = laptop(*command, command=of(file))
        assert (said.code, said.out) == (2, "") and words in said.words, said


def test_a_store_that_cannot_be_written_is_named_with_what_to_do(laptop: Laptop) -> None:
    (laptop.folder / "file").write_text("mine")
    laptop.write(GOOD)
    for root in ("file", "file/below", "/proc/nowhere", "no-such-scheme://bucket/x"):
        said = laptop.rejected("run", "--datastore-root", root)
        assert root in said, said
    assert "Choose another datastore with --datastore-root" in laptop.rejected("run", "--datastore-root", "file/below")
    assert (laptop.folder / "file").read_text() == "mine"


@pytest.mark.parametrize("command", [["dump", "1/start"], ["logs", "1/start"], ["resume"], ["tag", "list"]])
def test_a_store_without_runs_is_no_surprise(laptop: Laptop, command: list[str]) -> None:
    (laptop.folder / "file").write_text("mine")
    for root in ("nothing-here", "file/below"):
        assert "run" in laptop.write(GOOD).rejected(*command, "--datastore-root", root)


def test_a_bucket_that_cannot_be_reached_is_named(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs")
    for name in [name for name in os.environ if name.startswith("AWS_")]:  # of a test server, whose tests came before
        monkeypatch.delenv(name)
    nobody = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "HOME": str(laptop.folder)}
    for command in (["run"], ["logs", "1/start"], ["resume"], ["tag", "list"]):
        said = laptop.write(GOOD).rejected(*command, "--datastore-root", "s3://nowhere/x", **nobody)
        assert "s3://nowhere/x/F/" in said and "could not be" in said and "credentials" in said, said


@pytest.mark.parametrize("file", [".", "no/such/folder/id", "a_flow.py/id"])
def test_a_run_whose_id_cannot_be_written_does_not_begin(laptop: Laptop, file: str) -> None:
    assert "--run-id-file" in laptop.write(GOOD).rejected("run", "--run-id-file", file)
    assert not (laptop.folder / "store").exists()


def test_more_workers_than_the_system_lets_run_are_rejected_before_there_is_a_run(laptop: Laptop) -> None:
    laptop.write(GOOD)
    said = laptop(f"ulimit -n 256; {' '.join(FLOWS)} run --max-workers 300", command=("sh", "-c"))
    assert (said.code, said.out) == (2, "") and "a process may have 256 here. Give fewer workers" in said.words
    assert not (laptop.folder / "store").exists()


@pytest.mark.parametrize("closed", ["<&- >&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_nobody_needs_to_listen(laptop: Laptop, closed: str) -> None:
    laptop.write(GOOD)
    said = laptop(f"{' '.join(FLOWS)} run {closed}", command=("sh", "-c"))
    assert (said.code, said.err) == (0, "")
    assert laptop("tag", "list").code == 0


def test_the_id_is_there_before_the_first_step_starts(laptop: Laptop) -> None:
    laptop.write(two_steps("self.id = open('run_id').read()"))
    run = laptop.run()
    assert run("end", "id") == run.id


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("1", "'1': write RUN/STEP or RUN/STEP/TASK. The newest: {run}."),
        ("1/start", "F has no run '1' in {store}. The newest: {run}."),
        ("{run}/strat", "Run {run} has no step 'strat'. Did you mean 'start'? It has: end, start."),
        ("{run}/start/start-1", "Step 'start' of run {run} has no task 'start-1'. It has: start."),
        ("{run}/start/start/x", "has no"),
        ("G/{run}/start", "F has no run 'G' in"),
        ("F/12/start", "F has no run '12' in"),
        ("12/start/start-1", "F has no run '12' in"),
        ("/", "write RUN/STEP"),
        ("", "write RUN/STEP"),
        ("../../etc/passwd", "has no run"),
    ],
)
def test_a_place_that_is_not_there_is_told_with_what_is(laptop: Laptop, place: str, words: str) -> None:
    names = {"run": laptop.write(GOOD).run().id, "store": f"{laptop.folder}/store"}
    for command in ("dump", "logs"):
        assert words.format(**names) in laptop.rejected(command, place.format(**names))


def test_a_damaged_run_is_told_by_its_file(laptop: Laptop) -> None:
    run = laptop.write(GOOD).run()
    record = laptop.folder / "store" / "F" / "runs" / run.id / "start" / "start" / "0"
    record.write_bytes(b"?" + record.read_bytes()[1:])
    for command, code in ((["dump", f"{run.id}/start"], 2), (["resume"], 1)):
        said = laptop(*command)
        assert said.code == code and str(record) in said.words, said


def test_what_a_flow_prints_while_it_is_imported_is_not_the_answer(laptop: Laptop) -> None:
    noise = """
    import atexit, os
    if "NOISE" in os.environ:
        print("noise"); os.system("echo noise"); atexit.register(print, "noise")
    """
    laptop.write(flow("def start(self): self.x = 1", before=noise))
    run = laptop.run()
    for command, answer in ((["dump", f"{run.id}/start", "--include", "x"], "x [size: 5 type: <class 'int'>] = 1\n"),
                            (["logs", f"{run.id}/start"], "")):  # fmt: skip
        assert laptop(*command, NOISE="1").out == answer


def test_a_reader_that_has_seen_enough_is_no_error(laptop: Laptop, tmp_path: Path) -> None:
    laptop.write(flow("def start(self): self.text = 'x' * 500_000"))
    run = laptop.run()
    words = f"{' '.join(FLOWS)} dump --max-value-size 1000000 {run.id}/start | head -c 5"
    said = laptop(words, command=("sh", "-c"))
    assert (said.code, said.out, "Error" in said.err) == (0, "name ", False)
