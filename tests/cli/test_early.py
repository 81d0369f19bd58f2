"""Laws of what is found early: all commands that need a valid flow say the same, all at once, before anything runs."""

from __future__ import annotations

import pytest

from tests.cli.laptop import Laptop
from tests.flow.sources import flow, two_steps

CHECKING = (["check"], ["run"], ["compile"], ["show"], ["package", "list"])
MISSING = """
from metaflow import S3, FlowSpec, card, step
import metaflow

class F(FlowSpec):
    @step
    def start(self):
        from metaflow import NoSuchName
        self.next(self.b)

    @card
    @step
    def b(self):
        self.index = metaflow.Runner("x")
        self.next(self.ed)

    @metaflow.batch(cpu=2)
    @step
    def end(self):
        try:
            from metaflow import AlsoMissing
        except ImportError:
            AlsoMissing = None
"""


def lines(said: str, file: str = "a_flow.py") -> list[int]:
    """Return the lines of a file that a message names."""
    named = [line.partition(file)[2] for line in said.splitlines() if f"/{file}:" in line]
    return [int(rest.split(":")[1]) for rest in named]


def told(laptop: Laptop) -> str:
    """Return what is said of the flow, which is the same whoever asks, and leaves nothing."""
    found = {tuple(command): laptop(*command) for command in CHECKING}
    assert {said.code for said in found.values()} == {2}, found
    assert len({said.err for said in found.values()}) == 1, found
    assert not (laptop.folder / "store").exists()
    return found["check",].err


def test_missing_names_refused_decorators_and_the_graph_are_told_together(laptop: Laptop) -> None:
    said = told(laptop.write(MISSING))
    assert lines(said) == [2, 8, 11, 14, 14, 15, 17], said
    for words in (
        "metaflow.S3 is not supported here.\n",
        "  from metaflow import S3, FlowSpec, card, step\n                       ^^\n  Use boto3, s3fs or fsspec;",
        "metaflow.NoSuchName is not",
        "@card is not",
        "self.index cannot be set: every flow has it.",
        "metaflow.Runner is not supported here.\n",
        "unknown step, 'ed'",
        "@batch is not",
    ):
        assert words in said, said
    assert "AlsoMissing" not in said


@pytest.mark.parametrize(
    "use",
    [
        "@S3\n@step\ndef start(self): pass",
        "@S3(a=1)\n@step\ndef start(self): pass",
        "class Inner(S3): x = 1\ndef start(self): pass",
        "x = S3.y['z']().w\ndef start(self): pass",
        "with S3() as s: a = [*s]\ndef start(self): pass",
        "x = S3 + 1\ndef start(self): pass",
    ],
)
def test_whatever_a_refused_name_is_used_for_it_alone_is_told(laptop: Laptop, use: str) -> None:
    laptop.write(flow(use, before="from metaflow import S3"))
    assert lines(laptop("check").err) == [3]


def test_names_that_a_helper_asks_for_are_told_with_its_file(laptop: Laptop) -> None:
    (laptop.folder / "helper.py").write_text("from metaflow import S3\ndef late():\n  import metaflow.cards\n")
    said = told(laptop.write(two_steps("self.x = helper.late()\nself.name = 1", before="import helper")))
    assert lines(said, "helper.py") == [1, 3] and lines(said) == [10], said


def test_a_helper_that_a_flow_can_do_without_may_ask_for_anything(laptop: Laptop) -> None:
    (laptop.folder / "helper.py").write_text("from metaflow import S3\n")
    before = "try:\n    import helper\nexcept ImportError:\n    helper = None"
    run = laptop.write(two_steps("self.got = helper is None", before=before)).run()
    assert run("end", "got") is True


def test_a_name_that_is_missing_hides_no_module_that_is_missing(laptop: Laptop) -> None:
    laptop.write("from metaflow import S3\nimport no_such_module\n")
    said = laptop("check").err
    assert "metaflow.S3 is not" in said and "a_flow.py:2: " in said and "No module named 'no_such_module'" in said


def test_what_stood_in_for_a_name_is_gone_for_the_next_flow(laptop: Laptop) -> None:
    code = """
        import sys
        from airflow_provider_flows.errors import InvalidFlow
        from airflow_provider_flows.facade import install
        from airflow_provider_flows.flow.loading import load_flow
        install()
        for _ in "twice":
            try: load_flow("a_flow.py")
            except InvalidFlow as error: print(error)
            else: sys.exit("it was loaded")
        try: from metaflow.cards import Markdown
        except ImportError: sys.exit("cards" in vars(sys.modules["metaflow"]))
    """
    laptop.write("import metaflow.cards\nfrom metaflow import S3\nS3, metaflow.cards.Markdown\n")
    (laptop.folder / "twice.py").write_text(__import__("textwrap").dedent(code))
    said = laptop(command=(laptop.python, "twice.py"))
    assert said.code == 0 and said.out.count("metaflow.cards is not supported") == 5, said
