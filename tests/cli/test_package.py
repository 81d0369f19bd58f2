"""Invariants of `package list` and `compile`: as `flows-compile` does it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.cli.laptop import ROOT, Laptop
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
    assert "no file matches" in laptop.rejected("package", "list", "--include", "*.none")


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


def test_what_stays_is_told_on_stderr_and_fails_nothing(laptop: Laptop) -> None:
    (laptop.folder / "pricing").mkdir()
    (laptop.folder / "pricing" / "rates.csv").write_text("1")
    (laptop.folder / "pricing" / "broken.py").write_text("def f(:\n")
    laptop.write(two_steps("from pricing import broken\nimport no_such"))
    line = laptop.file.read_text().splitlines().index("        import no_such") + 1
    told = [
        f"{laptop.folder}/pricing/broken.py:1: invalid syntax.",
        f"{laptop.file}:{line}: 'no_such' is neither packaged, nor of the standard library, nor installed here.",
        "pricing/rates.csv stays here; add --include 'pricing/rates.csv'",
    ]
    for command in (laptop("compile"), laptop("package", "list"), laptop(command=COMPILE)):
        assert command.code == 0 and [line for line in told if line not in command.err.splitlines()] == []
    for command in (laptop("compile", "--quiet"), laptop("package", "list", "--quiet")):
        assert (command.code, command.err) == (0, "")
    said = laptop("package", "list", "--include", "pricing/rates.csv")
    assert "stays here" not in said.err and "pricing/rates.csv" in said.out


def test_package_options_stand_where_metaflows_stand(laptop: Laptop) -> None:
    for name in ("a.sql", "b.csv", "c.txt"):
        (laptop.folder / name).write_text("")
    laptop.write(two_steps("pass"))

    def listed(*arguments: str) -> list[str]:
        said = laptop(*arguments, "--quiet")
        assert said.code == 0, said
        return [line.split()[1] for line in said.out.splitlines()]

    assert listed("--package-suffixes", ".py,.sql", "package", "list") == ["a.sql", "a_flow.py"]
    assert listed("package", "list", "--package-suffixes", ".sql, .CSV,") == ["a.sql", "a_flow.py", "b.csv"]
    assert listed("package", "list", "--package", "all") == ["a.sql", "a_flow.py", "b.csv", "c.txt"]
    assert '"a.sql"' in laptop("--package-suffixes", ".sql", command=COMPILE).out
    assert '"c.txt"' in laptop("--package", "all", command=COMPILE).out
    assert laptop("run", "--package-suffixes", ".py").code == 0
    assert laptop("package", "list", "--package", "none").code == 2


def test_a_compiled_dag_in_the_folder_is_no_part_of_it(laptop: Laptop) -> None:
    laptop.write(two_steps("pass"))
    assert laptop("compile", "--package", "all", "-o", "dag.py").code == 0
    assert laptop("run").code == 0, "its datastore is in the folder, too"
    assert laptop("compile", "--package", "all", "--check", "dag.py").code == 0


def test_no_file_that_travels_is_lost_to_the_output(laptop: Laptop) -> None:
    (laptop.folder / "lib").mkdir()
    (laptop.folder / "lib" / "helper.py").write_text("")
    laptop.write(two_steps("import helper"))
    said = laptop("compile", "-o", "lib/helper.py", PYTHONPATH=f"{ROOT}:{laptop.folder / 'lib'}")
    assert said.code == 2 and "a file of the flow itself" in said.err
