"""What is found early: all commands that need a valid flow say the same, all at once, before anything runs."""

from __future__ import annotations

import pytest

from tests.cli.laptop import Laptop
from tests.flow.sources import flow, two_steps

CHECKING = (["check"], ["run"], ["compile"])
MISSING = """
from metaflow import S3, FlowSpec, slurm, step
import metaflow

class F(FlowSpec):
    @step
    def start(self):
        from metaflow import NoSuchName
        self.next(self.b)

    @slurm
    @step
    def b(self):
        self.index = metaflow.Runner("x")
        self.next(self.ed)

    @metaflow.trigger_on_finish(flow="G")
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


@pytest.mark.parametrize("command", [["resume"], ["show"], ["package", "list"]])
def test_all_that_needs_a_valid_flow_checks_it(laptop: Laptop, command: list[str]) -> None:
    laptop.write(two_steps("pass")).run()
    said = laptop.write(MISSING)(*command)
    assert said.code == 2 and said.err == laptop("check").err


def test_missing_names_rejected_decorators_and_the_graph_are_told_together(laptop: Laptop) -> None:
    said = told(laptop.write(MISSING))
    assert lines(said) == [2, 8, 11, 14, 14, 15, 17], said
    for words in (
        "metaflow.S3 is not supported here.\n",
        "  from metaflow import S3, FlowSpec, slurm, step\n                       ^^\n  Use boto3, s3fs or fsspec;",
        "metaflow.NoSuchName is not",
        "@slurm is not",
        "self.index cannot be set: every flow has it.",
        "metaflow.Runner is not supported here.\n",
        "unknown step, 'ed'",
        "@trigger_on_finish is not",
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
def test_whatever_a_rejected_name_is_used_for_it_alone_is_told(laptop: Laptop, use: str) -> None:
    laptop.write(flow(use, before="from metaflow import S3"))
    assert lines(laptop("check").err) == [3]


def test_names_that_a_helper_asks_for_are_told_with_its_file(laptop: Laptop) -> None:
    (laptop.folder / "helper.py").write_text("from metaflow import S3\ndef late():\n  import metaflow.runner\n")
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
        from airflow_provider_flows.metaflow_compat import install
        from airflow_provider_flows.flow.loading import load_flow
        install()
        for _ in "twice":
            try: load_flow("a_flow.py")
            except InvalidFlow as error: print(error)
            else: sys.exit("it was loaded")
        try: from metaflow.runner import Runner
        except ImportError: sys.exit("runner" in vars(sys.modules["metaflow"]))
    """
    laptop.write("import metaflow.runner\nfrom metaflow import S3\nS3, metaflow.runner.Runner\n")
    (laptop.folder / "twice.py").write_text(__import__("textwrap").dedent(code))
    said = laptop(command=(laptop.python, "twice.py"))
    assert said.code == 0 and said.out.count("metaflow.runner is not supported") == 5, said


LATE = """
def start(self):
    from pkg import deep
    try:
        import optional_helper
    except ImportError:
        optional_helper = None
    self.next(self.end)
def end(self):
    try:
        import broken_helper
    except ImportError:
        pass
"""


def test_modules_that_are_imported_in_functions_are_looked_at_too(laptop: Laptop) -> None:
    (laptop.folder / "pkg").mkdir()
    files = {
        "pkg/__init__.py": "",
        "pkg/deep.py": "from . import deeper",
        "pkg/deeper.py": "def f():\n  from metaflow import Runner\n",
        "optional_helper.py": "def f():\n  from metaflow import S3\n",
        "broken_helper.py": "from metaflow import S3\ndef f():\n  from metaflow import S3\n",
    }
    for name, text in files.items():
        (laptop.folder / name).write_text(text)
    said = told(laptop.write(flow(LATE)))
    assert (lines(said, "pkg/deeper.py"), lines(said, "optional_helper.py"), lines(said, "broken_helper.py")) == (
        [2],
        [2],
        [],
    ), said


@pytest.mark.parametrize("stem", ["json", "types", "logging", "random", "select"])
def test_a_flow_that_is_called_as_a_module_of_python_runs_as_a_script_too(laptop: Laptop, stem: str) -> None:
    body = "import json, types, logging, random, select\nself.text = json.dumps([random.Random(1).random()])"
    (laptop.folder / f"{stem}.py").write_text(two_steps(body) + "\nif __name__ == '__main__':\n    F()\n")
    for command in ((laptop.python, f"{stem}.py"), (laptop.python, "-m", "airflow_provider_flows", f"{stem}.py")):
        said = laptop("run", command=command)
        assert said.code == 0, said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--include="], "--include ''"),
        (["--include=**x"], "--include '**x'"),
        (["--branch="], "--branch is for flows of a project"),
        (["--pool="], "--pool ''"),
        (["--queue="], "--queue ''"),
        (["--dag-id="], "'' cannot be a DAG id"),
        (["--schedule=0 0 31 2 *"], "never fires"),
        (["--datastore-root=s3://"], "it names no bucket"),
        (["--datastore-root="], "name a folder or a URL, or leave the option out"),
    ],
)
def test_an_option_that_says_nothing_is_rejected_by_name(laptop: Laptop, options: list[str], words: str) -> None:
    assert words in laptop.write(two_steps("pass")).rejected("compile", *options)


def test_only_what_airflow_cannot_do_is_no_fault_of_the_flow(laptop: Laptop) -> None:
    body = """
p = Parameter("p", default={"a": {1}})
def start(self): self.next(self.a, num_parallel=2)
@parallel
@step
def a(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
"""
    laptop.write(flow(body))
    said = laptop("check")
    assert said.code == 0 and "The graph looks good!" in said.err and "flows-compile rejects it" in said.err
    for words in ("a_flow.py:9: step 'start' uses num_parallel", "a_flow.py:7: "):
        assert words in said.err and words in laptop("compile").err
    assert laptop("run").code == 0 and laptop("compile").code == 2


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ('p = Parameter("p", type=int, default="x")', "'x' is not a valid integer. That is its default."),
        ('p = Parameter("p", defualt=3)', "it takes no defualt=. Did you mean default=?"),
        ('p = Parameter("p", help=3)', "help is text, not 3."),
        ('p = Parameter("p", type=3)', "type is a type of Python or click, or JSONType, not 3."),
        ('p = IncludeFile("p", default="no.txt")', "there is no file 'no.txt'"),
        (
            'p = IncludeFile("p", default="a_flow.py", encoding="nope")',
            "cannot be read: unknown encoding",
        ),
        ('p = Config("p", default_value="{")', "Config 'p': its value is not valid JSON"),
        ('@catch(var="class")\n@step\ndef a(self): pass', "var='class' of @catch cannot be the name of an artifact"),
        ('q = 1\n@catch(var="q")\n@step\ndef a(self): pass', "var='q' of @catch cannot be the name of an artifact"),
        ('@catch(var="index")\n@step\ndef a(self): pass', "var='index' of @catch cannot"),
        ("@resources(cpu=[1])\n@step\ndef a(self): pass", "cpu of @resources is a number, not [1]."),
    ],
)
def test_a_declaration_that_is_wrong_is_told_with_its_line(laptop: Laptop, declared: str, words: str) -> None:
    said = told(laptop.write(flow(f"{declared}\ndef start(self): self.next(self.end)\ndef end(self): pass")))
    assert words in said and lines(said)[0] in (7, 8), said


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ('cron="0 0 30 2 *"', "never fires"),
        ('cron="soon"', "is not a cron expression"),
        ("cron=3", "cron is text, not 3."),
        ('timezone="Berlin"', "is not a timezone"),
        ('daily="x"', "daily is True or False, not 'x'."),
    ],
)
def test_a_schedule_that_is_none_is_told_with_its_line(laptop: Laptop, attributes: str, words: str) -> None:
    said = told(laptop.write(flow("def start(self): pass", above=f"@schedule({attributes})")))
    assert words in said and lines(said) == [5], said


def test_a_schedule_that_airflow_cannot_say_runs_here_and_may_be_replaced(laptop: Laptop) -> None:
    laptop.write(flow("def start(self): pass", above='@schedule(cron="0 6 * * ? 2050")'))
    assert "has a year, which Airflow's cron does not support" in laptop("check").err and laptop("run").code == 0
    assert laptop("compile").code == 2 and laptop("compile", "--schedule", "@daily").code == 0


def test_a_default_that_is_not_used_matters_to_nobody(laptop: Laptop) -> None:
    body = 'p = IncludeFile("p", default="no.txt")\ndef start(self): self.seen = self.p'
    laptop.write(flow(body))
    (laptop.folder / "yes.txt").write_text("here")
    assert laptop.run("--p", "yes.txt")("start", "seen") == "here"
    assert laptop.run(FLOWS_RUN_P="yes.txt")("start", "seen") == "here"
    assert laptop("compile", "--param", "p=yes.txt").code == 0 and laptop("run").code == 2


def test_configuration_files_that_are_no_text_are_told_by_name(laptop: Laptop) -> None:
    (laptop.folder / "c.bin").write_bytes(b"\x89PNG\xff\xfe")
    (laptop.folder / "deep.json").write_text("[" * 100_000)
    (laptop.folder / "airflow.cfg").write_bytes(b"\x89PNG\xff\xfe")
    laptop.write(flow('c = Config("c", default_value={})\ndef start(self): pass'))
    for command in CHECKING:
        assert "c.bin" in laptop.rejected(*command, "--config", "c", "c.bin")
        assert "Config 'c': " in laptop.rejected(*command, "--config", "c", "deep.json")
    config = {"AIRFLOW_CONFIG": str(laptop.folder / "airflow.cfg")}
    assert "airflow.cfg cannot be read" in laptop.rejected("run", **config)
    assert "c.bin" in told(laptop.write(flow('c = Config("c", default="c.bin")\ndef start(self): pass')))
