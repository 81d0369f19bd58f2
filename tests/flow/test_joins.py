"""Joins: what `inputs` is, what a join inherits, and what it may merge."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from airflow_provider_flows.errors import MergeConflict, MissingInMerge

from tests.flow.sources import flow
from tests.support.runner import Run, run_flow


def join_of(folder: Path, join: str, *branches: str, start: str = "pass", before: str = "") -> Run:
    """Run a split into z, y, x (as many as there are bodies) and a join with the given body."""
    names = ["z", "y", "x"][: len(branches)]
    steps = [
        f"def {name}(self):\n{textwrap.indent(textwrap.dedent(body), '    ')}\n    self.next(self.join)"
        for name, body in zip(names, branches, strict=True)
    ]
    text = "\n".join(
        [
            "constant = [1]",
            "given = Parameter('given', default=3)",
            f"def start(self):\n    {start}\n    self.next({', '.join(f'self.{name}' for name in names)})",
            *steps,
            f"def join(self, inputs):\n{textwrap.indent(textwrap.dedent(join), '    ')}\n    self.next(self.end)",
            "def end(self): pass",
        ]
    )
    return run_flow(folder, flow(text, before))


def test_inputs_come_in_the_order_of_the_splits_branches(tmp_path: Path) -> None:
    join = "self.got = ([i.v for i in inputs], len(inputs), inputs[0].v, inputs[-1].v, inputs.y.v, inputs.x.index)"
    run = join_of(tmp_path, join, "self.v = 'z'", "self.v = 'y'", "self.v = 'x'")
    assert run("end", "got") == (["z", "y", "x"], 3, "z", "x", "y", None)


def test_a_join_inherits_only_parameters_and_constants(tmp_path: Path) -> None:
    join = "self.got = [n for n in ('a', 'v', 'constant', 'given', 'name') if hasattr(self, n)]"
    run = join_of(tmp_path, join, "self.v = 1", "self.v = 2", start="self.a = 1")
    assert run.artifacts("end") == {
        "name": "F",
        "constant": [1],
        "given": 3,
        "got": ["constant", "given", "name"],
    }


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("inputs[0].nope", "Flow F has no attribute 'nope'"),
        ("inputs.start", "no branch of this join came from a step 'start'; those that did: y, z"),
        ("inputs.v", "inputs holds branches, not their artifacts: read inputs.z.v"),
        ("inputs.w", "no branch of this join came from a step 'w'"),
        ("self.v", "Flow F has no attribute 'v'"),
    ],
)
def test_a_missing_attribute_is_named(tmp_path: Path, expression: str, words: str) -> None:
    run = join_of(tmp_path, expression, "self.v = 1", "pass")
    assert run.failed and isinstance(run.failed.exception, AttributeError)
    assert words in str(run.failed.exception)


def test_what_is_set_on_an_input_is_not_kept(tmp_path: Path) -> None:
    join = "inputs.z.v.append(2)\ninputs.z.w = 1\nself.merge_artifacts(inputs)"
    run = join_of(tmp_path, join, "self.v = [1]", "pass")
    assert run.artifacts("end") == {"name": "F", "constant": [1], "given": 3, "v": [1]}


def merged(folder: Path, join: str, *branches: str, before: str = "", **more: str) -> Run:
    return join_of(folder, join, *branches, before=before, **more)


def public(run: Run) -> dict[str, object]:
    assert run.failed is None, run.failed and run.failed.exception
    hidden = ("name", "constant", "given")
    return {name: value for name, value in run.artifacts("end").items() if name not in hidden}


def test_merging_takes_what_all_branches_agree_on(tmp_path: Path) -> None:
    run = merged(
        tmp_path,
        "self.merge_artifacts(inputs)",
        "self.v = {'k': 1}; self.w = 1",
        "self.v = {'k': 1}",
        start="self.a = 1",
    )
    assert public(run) == {"a": 1, "v": {"k": 1}, "w": 1}


def test_private_artifacts_are_merged_too(tmp_path: Path) -> None:
    run = merged(tmp_path, "self.merge_artifacts(inputs)\nself.got = self._v", "self._v = 1", "self._v = 1")
    assert run("end", "got") == 1


CAUGHT_CONFLICT = """
try: self.merge_artifacts(inputs{more})
except Exception as error: self.error = (type(error).__name__, error.artifact_names)
self.left = [n for n in 'abc' if hasattr(self, n)]
"""


def test_differing_artifacts_are_all_named_and_nothing_is_merged(tmp_path: Path) -> None:
    run = merged(
        tmp_path,
        CAUGHT_CONFLICT.format(more=""),
        "self.b = 1; self.a = 1; self.c = 1",
        "self.b, self.a, self.c = 2, 2, 1",
    )
    assert public(run) == {"error": ("MergeConflict", ["a", "b"]), "left": []}


PANDAS = "import pandas\nFRAME = pandas.DataFrame({'a': [1, 2], 'b': ['x', 'y']})"
START = "self.v = FRAME; self.tags = {str(each) for each in range(99)}"
READS = "print(self.v.shape, self.v.describe(), len(self.tags))"


def test_a_branch_may_look_at_what_others_leave_alone(tmp_path: Path) -> None:
    run = merged(tmp_path, "self.merge_artifacts(inputs)", READS, "pass", READS, before=PANDAS, start=START)
    assert run.failed is None and sorted(run("end", "v")["b"]) == ["x", "y"] and len(run("end", "tags")) == 99


@pytest.mark.parametrize("change", ["self.v.loc[0, 'a'] = 3", "self.v = self.v[['a']]", "self.tags.add('x')"])
def test_what_one_branch_changes_is_a_conflict(tmp_path: Path, change: str) -> None:
    run = merged(tmp_path, "self.merge_artifacts(inputs)", READS, f"{READS}; {change}", before=PANDAS, start=START)
    assert run.failed and isinstance(run.failed.exception, MergeConflict)
    assert "Set them in the join before merging, or list them in exclude=" in str(run.failed.exception)


def test_the_order_of_keys_is_part_of_a_value(tmp_path: Path) -> None:
    run = merged(tmp_path, "self.merge_artifacts(inputs)", "self.v = {1: 0, 2: 0}", "self.v = {2: 0, 1: 0}")
    assert run.failed and isinstance(run.failed.exception, MergeConflict)


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        ("self.a = 5; self.merge_artifacts(inputs)", {"a": 5, "c": 1}),
        ("self.merge_artifacts(inputs, exclude=['a'])", {"c": 1}),
        ("self.merge_artifacts(inputs, exclude=('a', 'unknown'))", {"c": 1}),
        ("self.merge_artifacts(inputs, include=['c'])", {"c": 1}),
        ("self.merge_artifacts(inputs, include=['c'], exclude=[])", {"c": 1}),
        ("self.a = 5; self.merge_artifacts(inputs, include=['a', 'c'])", {"a": 5, "c": 1}),
        ("self.merge_artifacts([inputs.z])", {"a": 1, "c": 1}),
        ("self.merge_artifacts(iter([inputs.y]))", {"a": 2, "c": 1}),
        ("self.merge_artifacts(inputs, exclude=['a']); self.merge_artifacts([inputs.y])", {"a": 2, "c": 1}),
    ],
)
def test_what_is_set_excluded_or_included_decides(tmp_path: Path, join: str, expected: dict[str, int]) -> None:
    assert public(merged(tmp_path, join, "self.a = 1; self.c = 1", "self.a = 2; self.c = 1")) == expected


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("include=['c'], exclude=['a']", "takes include or exclude, not both"),
        ("include=['nope', 'c', 'gone']", "includes gone, nope, which no branch has"),
        ("include=['a', 'nope']", "cannot merge a: the branches have different values"),
        ("include='c'", "include takes a list of names, not a string: include=['c']"),
        ("exclude='ac'", "exclude takes a list of names, not a string: exclude=['ac']"),
    ],
)
def test_merging_rejects_what_cannot_be_meant(tmp_path: Path, call: str, words: str) -> None:
    run = merged(tmp_path, f"self.merge_artifacts(inputs, {call})", "self.a = 1; self.c = 1", "self.a = 2; self.c = 1")
    assert run.failed and words in str(run.failed.exception)


def test_missing_names_are_told_as_such(tmp_path: Path) -> None:
    run = merged(tmp_path, "self.merge_artifacts(inputs, include=['nope'])", "pass", "pass")
    assert run.failed and isinstance(run.failed.exception, MissingInMerge)
    assert run.failed.exception.artifact_names == ["nope"]


def test_merging_is_for_joins_alone(tmp_path: Path) -> None:
    run = merged(tmp_path, "pass", "self.merge_artifacts([])", "pass")
    assert run.failed and "merge_artifacts can only be called in a join, and 'z' is not one" in str(
        run.failed.exception
    )


def test_caught_branches_merge_although_they_failed_differently(tmp_path: Path) -> None:
    """Genuine Metaflow rejects this, because of an artifact that @catch adds on its own."""
    body = """
def start(self): self.next(self.z, self.y)
@catch(var='oops')
@step
def z(self): raise ValueError('z')
@catch(print_exception=False)
@step
def y(self): raise KeyError('y')
def join(self, inputs):
    self.merge_artifacts(inputs)
    self.next(self.end)
def end(self): pass
"""
    body = body.replace("raise ValueError('z')", "raise ValueError('z'); self.next(self.join)")
    body = body.replace("raise KeyError('y')", "raise KeyError('y'); self.next(self.join)")
    body = body.replace(": raise", ":\n    raise").replace("; self.next", "\n    self.next")
    run = run_flow(tmp_path, flow(body))
    assert run("end", "oops").type == "builtins.ValueError"
    assert not hasattr(run("end", "oops"), "missing")


def test_merging_loads_nothing_that_was_pickled_alike(tmp_path: Path) -> None:
    before = """
    class Loud:
        def __setstate__(self, state): raise RuntimeError('loaded')
        def __getstate__(self): return {'a': 1}
    """
    run = merged(tmp_path, "self.merge_artifacts(inputs)", "self.v = Loud()", "self.v = Loud()", before=before)
    assert run.failed is None and run.reached("end")


def test_a_foreach_split_inside_a_branch_keeps_the_branches_order(tmp_path: Path) -> None:
    body = """
def start(self): self.next(self.plain, self.many)
def plain(self): self.next(self.more)
def more(self): self.next(self.join)
def many(self):
    self.xs = [1, 2]
    self.next(self.one, foreach='xs')
def one(self): self.next(self.close)
def close(self, inputs): self.next(self.join)
def join(self, inputs):
    self.order = [str(i) for i in inputs]
    self.next(self.end)
def end(self): pass
"""
    assert run_flow(tmp_path, flow(body))("end", "order") == ["<flow F step more>", "<flow F step close>"]
