"""A literal says exactly its value, within 120 columns, as a formatter would have it."""

from __future__ import annotations

import time
import unicodedata
from base64 import b64decode
from typing import Any

import pytest
from airflow_provider_flows.compiler.literals import Call, Import, Lazy, Name, literal, one_line
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiler.support import findings, hostile

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**40), 10**40), st.floats(allow_nan=False), st.binary())
VALUES = st.recursive(
    st.one_of(hostile(), SCALARS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(hostile(), inner, max_size=3),
        st.sets(st.one_of(hostile(), st.integers()), max_size=3),
        st.frozensets(st.integers(), max_size=3),
    ),
    max_leaves=8,
)


def written(value: object) -> str:
    """A file that holds the literal, with the import that it needs."""
    code = literal(value, column=len("VALUE = "))
    return ("from base64 import b64decode\n\n" if "b64decode(" in code else "") + f"VALUE = {code}\n"


def read(text: str) -> Any:
    names: dict[str, Any] = {"b64decode": b64decode}
    exec(compile(text.encode(), "dag.py", "exec"), names)
    return names["VALUE"]


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


@given(VALUES)
def test_a_literal_evaluates_to_its_value(value: object) -> None:
    found = read(written(value))
    assert found == value
    assert type(found) is type(value)


@given(hostile())
def test_no_character_of_a_literal_is_invisible(text: str) -> None:
    shown = written([text, {text: text}]).replace("\n", "").replace("\t", "")
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for char in shown)
    assert "\xa0" not in shown


@given(st.lists(hostile(), max_size=5))
def test_no_line_is_wider_than_120_columns(texts: list[str]) -> None:
    assert all(columns(line) <= 120 for line in written({"deep": [{"er": texts}]}).split("\n"))


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES.filter(lambda value: not isinstance(value, (str, bytes))), min_size=2, max_size=8))
def test_ruff_leaves_a_literal_alone_at_both_line_lengths(values: list[object]) -> None:
    assert findings(written(values)) == ""


def test_text_without_oddities_is_shown_as_it_is() -> None:
    assert literal("two\nlines\nand more") == '"""two\nlines\nand more"""'
    assert literal("a\\d\nb\nc") == 'r"""a\\d\nb\nc"""'
    assert literal('say """hi"""\n\n') == "'''say \"\"\"hi\"\"\"\n\n'''"


def test_a_long_first_line_does_not_cost_a_source_its_raw_text() -> None:
    source = "x" * 104 + "\n\\d\n\n"
    assert "\\\\d" not in literal({"flow.py": source})
    assert read(written({"flow.py": source})) == {"flow.py": source}


@pytest.mark.parametrize("text", ["word " * 200_000, "\0" * 10**6, '"""\\' * 250_000, "漢" * 10**6, "\t\n" * 500_000])
def test_a_megabyte_is_quoted_in_well_under_a_second_of_work(text: str) -> None:
    started = time.process_time()
    literal(text)
    assert time.process_time() - started < 2  # a slow machine, and no time that grows with the square


def test_sets_are_written_in_one_order() -> None:
    assert literal({"b", "a", "c"}) == '{"a", "b", "c"}'
    assert literal(frozenset({2, 1})) == "frozenset({1, 2})"


def test_floats_that_have_no_literal_are_calls() -> None:
    assert [literal(value) for value in (float("nan"), float("-inf"), -0.0)] == [
        'float("nan")',
        'float("-inf")',
        "-0.0",
    ]


@pytest.mark.parametrize("value", [object(), 3j, range(3), print, 10**100, [[]] * 2 + [{"a": object()}]])
def test_what_no_literal_can_say_is_rejected_by_the_name_of_its_argument(value: object) -> None:
    with pytest.raises(TypeError, match="argument 'retries'"):
        literal(value, where="argument 'retries'")


def test_a_list_that_holds_itself_is_rejected() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(TypeError, match="nested"):
        literal(endless)


@pytest.mark.parametrize("name", ["a b", "class", "a)", "", "a.", "1a", "os.system('x')", "x=1"])
def test_only_names_are_written_as_names(name: str) -> None:
    for code in (Name(name), Lazy(name), Call(name), Import(name), Call("f", (), ((name, 1),)), Import("m", (name,))):
        with pytest.raises(ValueError, match="not a Python name"):
            one_line(code)
