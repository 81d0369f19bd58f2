"""Laws of `package list` and `compile`: as `flows-compile` does it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.cli.laptop import Laptop
from tests.flow.sources import two_steps

COMPILE = (sys.executable, "-c", "from airflow_provider_flows.cli.compile import main; main()", "a_flow.py")


def test_the_files_that_travel_with_the_flow_are_listed_with_their_sizes(laptop: Laptop) -> None:
    (laptop.folder / "helper.py").write_text("X = 1\n")
    (laptop.folder / "data").mkdir()
    (laptop.folder / "data" / "a.bin").write_bytes(b"\xff" * 7)
    source = f"import helper\n{two_steps('pass')}"
    said = laptop.write(source)("package", "list", "--include", "data/*")
    assert [line.split() for line in said.out.splitlines()] == [
        [str(len(source)), "a_flow.py"],
        ["7", "data/a.bin"],
        ["6", "helper.py"],
    ]
    assert said.words == f"{len(source) + 13} together"
    assert "no file below" in laptop.refused("package", "list", "--include", "*.none")


def test_compile_is_flows_compile_with_options_on_either_side(laptop: Laptop) -> None:
    laptop.write(two_steps("pass"))
    alone = laptop("--with", "retry:times=2", "--datastore-root", "x", "--tag", "t", command=COMPILE)
    text = laptop("--with", "retry:times=2", "compile", "--datastore-root", "x", "--tag", "t").out
    assert alone.code == 0 and alone.out == text and "retries=2" in text
    assert laptop("compile", "-o", "dag.py", "--with", "retry:times=2", "--datastore-root", "x", "--tag", "t").code == 0
    assert (laptop.folder / "dag.py").read_text() == text
    assert laptop("compile", "--check", "dag.py").code == 1


def test_flows_compile_has_the_options_of_a_deployment_alone(laptop: Laptop, tmp_path: Path) -> None:
    said = laptop.write(two_steps("pass"))("--namespace", "x", command=COMPILE)
    assert (said.code, "No such option" in said.err) == (2, True)
