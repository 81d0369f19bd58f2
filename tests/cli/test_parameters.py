"""Invariants of parameters on the command line: types, flags, several values, defaults, environment, files, help."""

from __future__ import annotations

import os

import pytest

from tests.cli.laptop import FLOWS, Laptop
from tests.flow.sources import flow

IMPORTS = "import click, json"


def value(laptop: Laptop, declared: str, *options: str, **environ: str) -> object:
    """Return what a step sees of `p = Parameter("p", …)`."""
    body = f'p = Parameter("p"{declared})\ndef start(self): print("seen", repr(self.p))'
    said = laptop.write(flow(body, before=IMPORTS))("run", *options, **environ)
    assert said.code == 0, said
    return eval(next(line for line in said.out.splitlines() if "] seen " in line).partition("] seen ")[2])


@pytest.mark.parametrize(
    ("declared", "options", "seen"),
    [
        ("", [], None),
        ("", ["--p", "x y"], "x y"),
        ("", ["--p="], ""),
        ("", ["--p", "--with"], "--with"),
        (", default=3", [], 3),
        (", default=3", ["--p", "-4"], -4),
        (", type=float", ["--p", "1e3"], 1000.0),
        (", type=bool", ["--p", "yes"], True),
        (", default=True", ["--p", "no"], False),
        (", is_flag=True", [], False),
        (", is_flag=True", ["--p"], True),
        (", is_flag=True, default=True", ["--no-p"], False),
        (", type=JSONType", ["--p", '{"a": [1, null]}'], {"a": [1, None]}),
        (", type=JSONType, default='[1]'", [], [1]),
        (", type=JSONType, default={'a': 1}", [], {"a": 1}),
        (", default={1: 2}", [], {1: 2}),
        (", default=[1, (2,)]", [], [1, (2,)]),
        (", type=list", ["--p", "[1, 2]"], [1, 2]),
        (", type=tuple, default=(1, 2)", [], (1, 2)),
        (", multiple=True", [], ()),
        (", multiple=True", ["--p", "a", "--p", "b"], ("a", "b")),
        (", multiple=True, type=int, default=[3]", [], (3,)),
        (", multiple=True, type=int, default=[3]", ["--p", "1"], (1,)),
        (", separator=','", ["--p", "a,b"], ["a", "b"]),
        (", separator=',', default='a,b'", [], ["a", "b"]),
        (", type=click.Choice(['a', 'b'])", ["--p", "b"], "b"),
        (", type=click.IntRange(0, 5)", ["--p", "5"], 5),
        (", default=lambda context: context.parameter_name", [], "p"),
        (", type=int, default=lambda context, deploying: 1 + deploying", [], 2),
        (", required=True, default=1", [], 1),
    ],
)
def test_a_step_sees_what_was_given(laptop: Laptop, declared: str, options: list[str], seen: object) -> None:
    found = value(laptop, declared, *options)
    assert (found, type(found)) == (seen, type(seen))


@pytest.mark.parametrize(
    ("declared", "options", "said"),
    [
        (", required=True", [], "Missing option '--p'"),
        (", is_flag=True, required=True", [], "Missing option '--p'"),
        (", default=3", ["--p", "x"], "'x' is not a valid integer"),
        (", default=3", ["--p", "1.5"], "'1.5' is not a valid integer"),
        (", type=bool", ["--p"], "requires an argument"),
        (", is_flag=True", ["--p=x"], "does not take a value"),
        (", type=JSONType", ["--p", "{"], "it is not valid JSON"),
        (", type=list", ["--p", "{}"], "it takes a list"),
        (", multiple=True, type=int", ["--p", "1", "--p", "x"], "'x' is not a valid integer"),
        (", type=click.Choice(['a', 'b'])", ["--p", "c"], "'c' is not one of 'a', 'b'"),
        (", type=click.IntRange(0, 5)", ["--p", "6"], "6 is not in the range 0<=x<=5"),
        (", default=lambda context: 1", [], "a_flow.py:7: Parameter 'p': the deploy-time default returned int"),
        (", default=lambda context: 1 / 0", [], "a_flow.py:7: Parameter 'p': its deploy-time default failed"),
        (", nargs=2", [], "a_flow.py:7: Parameter 'p': it cannot be an option of the command line: nargs"),
        (", defualt=1", [], "a_flow.py:7: Parameter 'p': it takes no defualt=. Did you mean default=?"),
    ],
)
def test_what_a_parameter_cannot_take_is_rejected_before_there_is_a_run(
    laptop: Laptop, declared: str, options: list[str], said: str
) -> None:
    body = f'p = Parameter("p"{declared})\ndef start(self): pass'
    assert said in laptop.write(flow(body, before=IMPORTS)).rejected("run", *options)
    assert not (laptop.folder / "store").exists()


@pytest.mark.parametrize("name", ["two words", "-p", "a=b", "a/b", "a;b"])
def test_a_name_that_cannot_be_typed_is_rejected_with_its_line(laptop: Laptop, name: str) -> None:
    laptop.write(flow(f'p = Parameter("{name}")\ndef start(self): pass'))
    assert f"a_flow.py:7: '{name}' cannot be an option" in laptop.rejected("check")


@pytest.mark.parametrize("name", ["with-dash", "with_underscore", "Capital", "dotted.name", "größe", "class_", "p"])
def test_an_option_is_spelled_as_the_parameters_name(laptop: Laptop, name: str) -> None:
    laptop.write(flow(f'attribute = Parameter("{name}")\ndef start(self): pass'))
    assert laptop.run(f"--{name}", "x")("start", "attribute") == "x"


def test_values_come_from_the_environment_unless_the_command_line_gives_them(laptop: Laptop) -> None:
    assert value(laptop, ", type=int", METAFLOW_RUN_P="1") == 1
    assert value(laptop, ", type=int", METAFLOW_RUN_P="1", FLOWS_RUN_P="2") == 2
    assert value(laptop, ", type=int", "--p", "3", FLOWS_RUN_P="2") == 3
    assert value(laptop, ", multiple=True, type=int", FLOWS_RUN_P="1 2") == (1, 2)
    assert value(laptop, ", is_flag=True", FLOWS_RUN_P="true") is True
    laptop.write(flow('a = Parameter("two-words")\ndef start(self): pass'))
    assert laptop.run(METAFLOW_RUN_TWO_WORDS="x")("start", "a") == "x"


def test_a_default_that_is_a_function_is_called_once(laptop: Laptop) -> None:
    body = "p = Parameter('p', default=lambda context: print('called') or context.user_name)\ndef start(self): pass"
    said = laptop.write(flow(body))("run")
    assert (said.out + said.err).count("called") == 1
    assert laptop("check").err.count("called") == 1


def test_help_shows_types_choices_defaults_and_help(laptop: Laptop) -> None:
    body = """
a = Parameter("a", default=3, help="How many.")
b = Parameter("b", type=click.Choice(["x", "y"]), required=True)
c = Parameter("c", type=click.IntRange(0, 5))
d = Parameter("d", type=JSONType, default={}, show_default=False)
e = Parameter("e", default=lambda context: "made")
f = Parameter("f", is_flag=True, hidden=True)
g = IncludeFile("g", help="Words.")
def start(self): pass
"""
    said = laptop.write(flow(body, before=IMPORTS))("run", "--help")
    listed = said.out.partition("Parameters of the flow:\n")[2].partition("\n\n")[0]
    assert [" ".join(line.split()) for line in listed.splitlines()] == [
        "--a INTEGER How many. [default: 3]",
        "--b [x|y] [required]",
        "--c INTEGER RANGE [0<=x<=5]",
        "--d JSON",
        "--e TEXT [default: made]",
        "--g PATH Words.",
    ]


def test_a_file_is_found_from_here_and_its_default_beside_the_flow_as_well(laptop: Laptop) -> None:
    body = 'words = IncludeFile("words", default="a.txt")\ndef start(self): print("seen", self.words)'
    laptop.write(flow(body))
    (laptop.folder / "a.txt").write_text("beside the flow")
    here = Laptop(laptop.folder / "here")
    here.folder.mkdir()
    command = (*FLOWS[:-1], "../a_flow.py")
    assert "seen beside the flow" in here("run", command=command).out
    (here.folder / "a.txt").write_text("from here")
    assert "seen from here" in here("run", "--words", "./a.txt", command=command).out


def test_a_file_that_cannot_be_taken_is_rejected_before_there_is_a_run(laptop: Laptop) -> None:
    laptop.write(flow('words = IncludeFile("words")\ndef start(self): print("seen", self.words)'))
    (laptop.folder / "folder").mkdir()
    os.mkfifo(laptop.folder / "pipe")
    (laptop.folder / "large").touch()
    os.truncate(laptop.folder / "large", (1 << 30) + 1)
    (laptop.folder / "latin-1.txt").write_bytes(b"caf\xe9")
    for path, reason in (
        ("b.txt", "No such file"),
        ("folder", "it is not a regular file"),
        ("pipe", "it is not a regular file"),
        ("/dev/zero", "it is not a regular file"),
        ("large", "it has more than 1,073,741,824 bytes"),
        ("~nobody-of-this-name/x", "No such file"),
        ("latin-1.txt", "'utf-8' codec can't decode byte 0xe9"),
    ):
        said = laptop.rejected("run", "--words", path)
        assert f"Invalid value for '--words': the file '{path}' cannot be read: {reason}" in said
    assert not (laptop.folder / "store").exists()


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        (", type=JSONType, default={'a': True}", '[default: {"a": true}]'),
        (", default={'x': [1, None]}", '[default: {"x": [1, null]}]'),
        (", type=list, default=[1, False]", "[default: [1, false]]"),
        (", default=True", "[default: True]"),
        (", type=JSONType, default='[1]'", "[default: [1]]"),
    ],
)
def test_help_shows_a_default_as_it_can_be_typed(laptop: Laptop, declared: str, shown: str) -> None:
    laptop.write(flow(f"p = Parameter('p'{declared})\ndef start(self): self.v = self.p"))
    assert shown in laptop("run", "--help").out
