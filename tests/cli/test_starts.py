"""How a command line finds its flow: defined in the file, imported into it, made by a function, started by it."""

from __future__ import annotations

import sys

import pytest

from tests.cli.laptop import SCRIPT, Laptop
from tests.flow.sources import two_steps

FLOW = two_steps("self.v = 7").replace("from metaflow", "from airflow_provider_flows")
START = "\nif __name__ == '__main__':\n    {}\n"
MADE = """
from airflow_provider_flows import FlowSpec, step

def make(value):
    class F(FlowSpec):
        @step
        def start(self):
            self.v = value
            self.next(self.end)
        @step
        def end(self): pass
    return F
"""


def imported(laptop: Laptop, main: str) -> Laptop:
    (laptop.folder / "elsewhere.py").write_text(FLOW)
    return laptop.write(f"from elsewhere import F\n{main}")


@pytest.mark.parametrize(
    "source",
    [
        f"{MADE}\nG = make(7)\n",
        MADE + START.format("make(7)()"),
        MADE + START.format("G = make(7)\n    G()"),
        MADE + "\ndef main():\n    make(7)()\n" + START.format("main()"),
        FLOW + FLOW.replace("class F", "class G").replace("7", "8") + START.format("F()"),
        FLOW + FLOW.replace("class F", "class G").replace("7", "8") + START.format("flow = F()"),
    ],
)
def test_a_flow_is_the_one_that_the_file_has_or_starts(laptop: Laptop, source: str) -> None:
    assert laptop.write(source).run()("start", "v") == 7
    compiled = laptop("compile")
    assert compiled.code == 0 and compiled.out.startswith('"""Airflow DAG of the flow F.'), compiled.err


@pytest.mark.parametrize("main", ["", START.format("F()"), START.format("import elsewhere\n    elsewhere.F()")])
def test_a_flow_may_be_imported_from_another_module(laptop: Laptop, main: str) -> None:
    assert imported(laptop, main).run()("start", "v") == 7


@pytest.mark.parametrize("main", ["F()", "import elsewhere\n    elsewhere.F()", "main()"])
def test_a_script_starts_a_flow_of_another_module(laptop: Laptop, main: str) -> None:
    start = f"def main():\n    F()\n{START.format(main)}"
    said = imported(laptop, start)("run", command=SCRIPT)
    assert said.code == 0 and "Done! 2 tasks" in said.out, said.err


def test_a_script_starts_a_flow_that_a_function_makes(laptop: Laptop) -> None:
    said = laptop.write(MADE + START.format("make(7)()"))("run", command=SCRIPT)
    assert said.code == 0 and "Done! 2 tasks" in said.out, said.err


@pytest.mark.parametrize("main", ["raise ValueError('no')", "import sys; sys.exit(3)", "print(make)"])
def test_a_file_that_starts_no_flow_has_none(laptop: Laptop, main: str) -> None:
    assert "there is no flow in it" in laptop.write(MADE + START.format(main)).rejected("run")


def test_a_flow_that_is_made_by_other_programs_starts_nothing(laptop: Laptop) -> None:
    laptop.write(FLOW)
    (laptop.folder / "test_it.py").write_text("from a_flow import F\ndef test_it():\n    assert F().name == 'F'\n")
    said = laptop("-m", "pytest", "-q", "test_it.py", "-p", "no:cacheprovider", command=(sys.executable,))
    assert said.code == 0 and "1 passed" in said.out, said
    body = two_steps("from elsewhere import F as Other\nself.other = Other().name")
    assert imported(laptop, body).run()("start", "other") == "F"
