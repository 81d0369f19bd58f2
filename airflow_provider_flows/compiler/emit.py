"""The plan of a DAG as the text of a DAG file. LAUNCH phase, in `flows-compile`.

One template holds what all DAG files have in common. Each value that it shows is kept out of the text until the text
is there, and then laid out as a literal where it stands: no value can become code, whatever it holds.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_provider_flows.compiler.airflow_text import markdown
from airflow_provider_flows.compiler.dag_plan import Callback, DagPlan, GroupPlan, ParamPlan, TaskPlan, Timetable
from airflow_provider_flows.compiler.edges import Statement, dag_edges, group_edges
from airflow_provider_flows.compiler.literals import (
    LINE,
    Call,
    Code,
    Import,
    Lazy,
    Name,
    checked_name,
    literal,
    one_line,
)
from airflow_provider_flows.compiler.quoting import shown, width
from airflow_provider_flows.contract import CALLBACK, COMPILED_FLOW, GROUP_PREFIX, OPERATORS
from airflow_provider_flows.decorators.builtin.pod import PodObject
from airflow_provider_flows.decorators.dropping import dropped

_STANDARD_LIBRARY = ("base64", "datetime")
_BUILTINS = ("float", "frozenset", "set", "tuple")
_OWN_NAMES = ("FLOW", "SOURCES", "dag", "split")
_IMPORTED = ("DAG", "Label", "Param", "task_group", "pendulum", "timedelta", "b64decode", "CronTriggerTimetable")
RESERVED = frozenset({*keyword.kwlist, *_BUILTINS, *_OWN_NAMES, *_IMPORTED, CALLBACK, COMPILED_FLOW, "I", "O", "l"})
"""Names that no variable of a DAG file can have: the file itself uses them, Python does, or linters reject them."""

_LONGEST_NAME = 40
_DEEPEST = 15
_MARK = re.compile("\0([0-9]+)\0")


def variable_name(wanted: str, taken: Iterable[str] = ()) -> str:
    """Return a variable's name for a step or a group: `wanted` itself if that is possible, else close to it.

    `taken` are names that other variables of the file have, among them the operators' classes.
    """
    name = re.sub(r"\W", "_", wanted)[:_LONGEST_NAME]
    name = name if name.isidentifier() else f"_{name}"
    unusable = RESERVED.union(taken)
    while name in unusable:
        name += "_"
    return name


def emit(plan: DagPlan) -> str:
    """Return the text of the DAG file: the same for the same plan, in each process and on each Python.

    Raises as `contents` does.
    """
    from importlib.resources import files  # a check of the flow writes no text

    from jinja2 import Environment, StrictUndefined

    values: list[object] = []

    def keep(value: object) -> str:
        values.append(value)
        return f"\0{len(values) - 1}\0"

    environment = Environment(
        finalize=keep, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    template = (files(__package__) / "dag.py.jinja2").read_text(encoding="utf-8")
    return _filled(environment.from_string(template).render(contents(plan)), values)


def contents(plan: DagPlan) -> dict[str, Any]:
    """Return what the DAG file's template shows, by name.

    Raises TypeError, naming the argument, for a value that no literal can say, and ValueError for a variable, an
    operator or an argument whose name is none.
    """
    return _Writer().file(_with_variables_for_groups(plan))


def _filled(text: str, values: list[object]) -> str:
    """Lay out each value at its mark, knowing what stands before and after it on its line."""
    done, line = [], ""
    pieces = _MARK.split(text)
    for before, mark, after in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
        line = (line + before).rpartition("\n")[2]
        indent = len(line) - len(line.lstrip(" "))
        value = literal(values[int(mark)], indent=indent, column=width(line), tail=len(after.partition("\n")[0]))
        done += [before, value]
        line = (line + value).rpartition("\n")[2]
    return "".join([*done, pieces[-1]])


@dataclass
class _Writer:
    """Turns plans into code and notes what the file has to import for it."""

    imported: dict[str, set[str]] = field(default_factory=dict)

    def file(self, plan: DagPlan) -> dict[str, Any]:
        """Return what the template shows, by name."""
        names = _Names(plan)
        edges, named = dag_edges(plan)
        blocks = [self.block(block, names, named) for block in plan.blocks]
        inner = [task for block in plan.blocks if isinstance(block, GroupPlan) for task in block.tasks]
        shown = {
            "doc": _header(plan),
            "flow": self.flow(plan),
            "dag": self.dag(plan),
            "blocks": blocks,
            "inner_tasks": [
                (Name(task.variable), Call("dag.get_task", (task.task_id,))) for task in inner if task.task_id in named
            ],
            "edges": [self.edge(edge) for edge in edges],
            "sources": {path: self.source(source) for path, source in sorted(plan.flow.sources.items())},
        }
        return {**shown, "imports": self.import_sections()}

    def flow(self, plan: DagPlan) -> Call:
        flow = plan.flow
        kwargs = {"entry": flow.entry, "digest": flow.digest, **dict(flow.arguments)}
        spelled = self.arguments(tuple(kwargs.items()), "the flow")
        return self.call(OPERATORS, COMPILED_FLOW, (flow.name,), (*spelled, ("sources", Lazy("SOURCES"))))

    def dag(self, plan: DagPlan) -> Call:
        # A DAG without a schedule says so, because Airflow's default for it has changed over time.
        arguments = {"dag_id": plan.dag_id, "schedule": None, **dict(plan.arguments)}
        kwargs = list(self.arguments(_documented(arguments), "the DAG"))
        if plan.params:
            kwargs.append(("params", {param.name: self.param(param) for param in plan.params}))
        return self.call("airflow.sdk", "DAG", (), tuple(kwargs))

    def param(self, param: ParamPlan) -> Call:
        where = f"parameter {param.name!r}"
        default = () if param.required else (self.spell(param.default, f"the default of {where}"),)
        return self.call("airflow.sdk", "Param", default, self.arguments(param.arguments, where))

    def block(self, block: TaskPlan | GroupPlan, names: _Names, named: set[str]) -> dict[str, Any]:
        if isinstance(block, TaskPlan):
            return {"variable": Name(block.variable), "call": self.task(block)}
        group_id = (("group_id", block.group_id), ("prefix_group_id", False))
        given = self.arguments(_documented(dict(block.arguments)), f"group {block.group_id!r}")
        function = names.functions[block.group_id]
        chained = {end for edge in block.edges for end in (edge.upstream, edge.downstream)}
        return {
            "decorator": self.call("airflow.sdk", "task_group", (), (*group_id, *given)),
            "function": Call(function, (Name("split"),)),
            "tasks": [
                {"variable": Name(task.variable) if task.task_id in chained else None, "call": self.task(task)}
                for task in block.tasks
            ],
            "edges": [self.edge(edge) for edge in group_edges(block)],
            "variable": Name(block.variable) if block.group_id in named else None,
            "call": Call(f"{function}.expand", (), (("split", Name(f"{names.tasks[block.over]}.output")),)),
        }

    def task(self, task: TaskPlan) -> Call:
        kwargs = self.arguments((("task_id", task.task_id), *task.arguments), f"task {task.task_id!r}")
        return self.call(OPERATORS, task.operator, (), (("flow", Name("FLOW")), *kwargs))

    def edge(self, edge: Statement) -> Statement:
        if any(isinstance(part, Call) for part in _parts(edge)):
            self.need("airflow.sdk", "Label")
        return edge

    def source(self, source: str | bytes) -> object:
        return self.spell(source, "a source")

    def arguments(self, arguments: Iterable[tuple[str, Any]], where: str) -> tuple[tuple[str, Any], ...]:
        return tuple((key, self.spell(value, f"argument {key!r} of {where}")) for key, value in arguments)

    def spell(self, value: object, where: str, depth: int = 0) -> object:
        """Return a plan's value with code for what only code can say; a value that already is code is rejected."""
        if isinstance(value, Code):
            raise TypeError(f"{where} is a {type(value).__name__}, which a DAG file cannot hold there")
        if depth > _DEEPEST:
            raise TypeError(f"{where} is nested more than {_DEEPEST} levels deep")
        if isinstance(value, dict):
            one_line(list(value), f"the keys of {where}")
            return {key: self.spell(item, where, depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            items = [self.spell(item, where, depth + 1) for item in value]
            return items if isinstance(value, list) else tuple(items)
        return self.spell_one(value, where)

    def spell_one(self, value: object, where: str) -> object:
        if isinstance(value, timedelta):
            return self.call("datetime", "timedelta", *_timedelta(value))
        if isinstance(value, datetime):
            return self.datetime(value, where)
        if isinstance(value, Timetable):
            kwargs = (("timezone", value.timezone),)
            return self.call("airflow.timetables.trigger", "CronTriggerTimetable", (value.cron,), kwargs)
        if isinstance(value, PodObject):
            fields = tuple((name, self.spell(item, f"{where}: {name}")) for name, item in value.arguments)
            return self.call("kubernetes.client", value.kind, (), fields)
        if isinstance(value, Callback):
            return self.call(OPERATORS, CALLBACK, (value.path,), ())
        if isinstance(value, (bytes, bytearray)):
            return self.data(bytes(value))
        if isinstance(value, (set, frozenset)):
            value = type(value)(self.spell_one(item, where) for item in value)
        one_line(value, where)  # says what cannot be written while its place is known
        return value

    def data(self, value: bytes) -> object:
        if literal(value).startswith("b64decode"):
            self.need("base64", "b64decode")
        return value

    def datetime(self, value: datetime, where: str) -> Call:
        self.imported.setdefault("pendulum", set())
        if value.tzinfo is None:
            raise TypeError(f"{where} is a datetime without a timezone")
        zone = getattr(value.tzinfo, "key", None)
        value = value if zone else value.astimezone(timezone.utc)
        parts = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
        while len(parts) > 3 and not parts[-1]:
            parts.pop()
        return Call("pendulum.datetime", tuple(parts), (("tz", zone or "UTC"),))

    def call(self, module: str, function: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> Call:
        self.need(module, function)
        return Call(function, args, kwargs)

    def need(self, module: str, name: str) -> None:
        self.imported.setdefault(module, set()).add(name)

    def import_sections(self) -> list[list[Import]]:
        """Return the imports as isort sorts them: the standard library, then all else."""
        lines = [
            Import(module, tuple(sorted(names, key=_isort_key)))
            for module, names in sorted(self.imported.items(), key=lambda line: (bool(line[1]), line[0]))
        ]
        first = [line for line in lines if line.module in _STANDARD_LIBRARY]
        return [section for section in (first, [line for line in lines if line not in first]) if section]


class _Names:
    """The names in the file, checked: variables are unique, and the functions of groups differ from all of them."""

    def __init__(self, plan: DagPlan) -> None:
        groups = [block for block in plan.blocks if isinstance(block, GroupPlan)]
        tasks = [task for block in plan.blocks for task in _tasks(block)]
        self.tasks: Mapping[str, str] = {task.task_id: task.variable for task in tasks}
        named: list[TaskPlan | GroupPlan] = [*tasks, *groups]
        variables = [checked_name(each.variable) for each in named]
        taken = set(variables).union(task.operator for task in tasks)
        if len(set(variables)) < len(variables) or RESERVED.intersection(variables):
            raise ValueError("two tasks or groups of a plan have one variable, or a reserved one")
        self.functions: dict[str, str] = {}
        for group in groups:
            self.functions[group.group_id] = variable_name(group.group_id, taken)
            taken.add(self.functions[group.group_id])


def _tasks(block: TaskPlan | GroupPlan) -> tuple[TaskPlan, ...]:
    return block.tasks if isinstance(block, GroupPlan) else (block,)


def _with_variables_for_groups(plan: DagPlan) -> DagPlan:
    """Give each group a variable that is not its id: a function has the id's name, and the variable what it returns."""
    taken = {each.variable for block in plan.blocks for each in (block, *_tasks(block))}
    blocks: list[TaskPlan | GroupPlan] = []
    for block in plan.blocks:
        if isinstance(block, GroupPlan) and block.variable == variable_name(block.group_id):
            variable = variable_name(block.group_id.removeprefix(GROUP_PREFIX), taken)
            taken.add(variable)
            block = replace(block, variable=variable)
        blocks.append(block)
    return replace(plan, blocks=tuple(blocks))


def _header(plan: DagPlan) -> str:
    """Return the file's docstring, which says where the file comes from, and nothing that differs between compiles."""
    text = (
        f"Compiled from {shown(plan.flow.entry)} by airflow-provider-flows {plan.version}: change the flow and compile "
        "it again instead of editing this file."
    )
    lines = textwrap.fill(text, LINE, break_on_hyphens=False)
    without = ", ".join(f"@{name}" for name in sorted(dropped(dict(plan.flow.arguments).get("decorators", ()))))
    dropping = f"Compiled without {shown(without)}.\n" if without else ""
    sources = f"Sources: {shown(plan.flow.digest, 80)}\n"
    return f"Airflow DAG of the flow {shown(plan.flow.name)}.\n\n{lines}\n{dropping}{sources}"


def _documented(arguments: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    doc = arguments.get("doc_md")
    return tuple({**arguments, "doc_md": markdown(doc)}.items() if isinstance(doc, str) else arguments.items())


def _timedelta(value: timedelta) -> tuple[tuple[Any, ...], tuple[tuple[str, Any], ...]]:
    """Return the arguments of a timedelta in the largest unit that says it exactly, as a person would write it."""
    for unit in ("days", "hours", "minutes", "seconds"):
        count, rest = divmod(value, timedelta(**{unit: 1}))
        if not value:
            return (0,), ()
        if not rest:
            return (), ((unit, count),)
    parts = (("days", value.days), ("seconds", value.seconds), ("microseconds", value.microseconds))
    return (), tuple((unit, count) for unit, count in parts if count)


def _isort_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions: the order that isort and ruff use by default."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def _parts(edge: Statement) -> list[object]:
    return list(edge.parts) if not isinstance(edge, Call) else [value for _, value in edge.kwargs]
