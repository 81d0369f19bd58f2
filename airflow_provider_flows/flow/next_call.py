"""`self.next`: what a step may say about what comes after it, checked while the step runs. TASK phase.

The order of the checks is Metaflow 2.19's; the differences (any iterable can be split over) are in docs/differences.md.
"""

from __future__ import annotations

import operator
from collections.abc import MappingView
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from airflow_provider_flows.errors import BadSwitchCase, InvalidNext
from airflow_provider_flows.flow.absent import where_it_is
from airflow_provider_flows.graph.reserved import NEXT_KEYWORDS

LONGEST_ITEM_LABEL = 60

PARALLEL = "_parallel_ubf_iter"
"""What the tasks of a `num_parallel` are the items of (Metaflow 2.19's name); there is no artifact of this name."""

LABELS_KEPT = 1024
"""Above this many items, labels would make the split's record too large to be read by every item's task."""


@dataclass(frozen=True)
class Transition:
    """The steps that come next. For a foreach: the artifact split over, the number of its items, and their labels.

    `items` holds the items where the artifact cannot be indexed by position (a set, a dict, a generator), or is none.
    `labels` are left out beyond `LABELS_KEPT` items. A `num_parallel` is a foreach over `PARALLEL`.
    """

    targets: tuple[str, ...]
    foreach: str | None = None
    num_splits: int | None = None
    labels: tuple[str, ...] = ()
    items: Sequence[Any] | None = None

    @property
    def is_parallel(self) -> bool:
        return self.foreach == PARALLEL


def make_transition(
    flow: Any,
    targets: Sequence[Any],
    keywords: Mapping[str, Any],
    line: int | None = None,
) -> Transition:
    """Return the transition that `self.next(…)` at `line` asks for; InvalidNext when it asks for the impossible."""
    foreach, num_parallel, condition = map(keywords.get, NEXT_KEYWORDS)
    step = flow._flows_state.step_name
    where = f"Step {step!r}" + (f" (line {line})" if line else "")

    def reject(reason: str) -> InvalidNext:
        return InvalidNext(f"{where}: {reason}", line)

    for keyword in (name for name in keywords if name not in NEXT_KEYWORDS):
        raise reject(f"self.next() passes an unknown keyword argument {keyword!r}.")
    if flow._flows_state.transition is not None:
        raise reject("Multiple self.next() calls detected. Call self.next() only once, as the last statement.")
    if condition is not None:
        return _switch(flow, targets, condition, reject, alone=foreach is None and num_parallel is None)
    if len(targets) == 1 and isinstance(targets[0], Mapping):
        raise reject(
            "a dictionary of branches requires the 'condition' argument: self.next({…}, condition='artifact')."
        )
    names = tuple(_step_name(flow, target, position, reject) for position, target in enumerate(targets, 1))
    if num_parallel is not None:
        return _parallel(names, num_parallel, reject, alone=foreach is None)
    if foreach is not None:
        return _foreach(flow, names, foreach, reject)
    if not names:
        raise reject("self.next() needs at least one step to go to.")
    return Transition(names)


def _step_name(flow: Any, target: Any, position: int, reject: Any) -> str:
    function = getattr(target, "__func__", None)
    if function is None or getattr(target, "__self__", None) is not flow or not hasattr(type(flow), function.__name__):
        raise reject(
            f"argument {position} of self.next() is not a step of this flow, but {_short(target)}. "
            "Name steps as self.some_step, and do not give an artifact the name of a step."
        )
    return str(function.__name__)


def _switch(flow: Any, targets: Sequence[Any], condition: Any, reject: Any, alone: bool) -> Transition:
    if len(targets) != 1 or not isinstance(targets[0], Mapping) or not targets[0]:
        raise reject("a switch takes exactly one non-empty dictionary: self.next({value: self.step, …}, condition=…).")
    if not isinstance(condition, str):
        raise reject("the condition of a switch must be the name of an artifact, as a string.")
    if not alone:
        raise reject("a switch (condition=) cannot be combined with foreach= or num_parallel=.")
    try:
        value = getattr(flow, condition)
    except AttributeError:
        raise reject(f"Condition variable {condition!r} does not exist. {_first(flow, condition)}") from None
    cases = targets[0]
    if not _is_case(value, cases):
        raise BadSwitchCase(
            f"Switch condition variable {condition!r} has value {value!r} "
            f"which is not in the available cases: {list(cases)}"
        )
    return Transition((_step_name(flow, cases[value], 1, reject),))


def _first(flow: Any, name: str) -> str:
    """Return what to do about an artifact that is not there."""
    return where_it_is(flow, name) or f"Set self.{name} first."


def _is_case(value: Any, cases: Mapping[Any, Any]) -> bool:
    try:
        return value in cases
    except TypeError:  # a value that cannot be hashed is not a key
        return False


def _foreach(flow: Any, names: Sequence[str], foreach: Any, reject: Any) -> Transition:
    if not isinstance(foreach, str):
        raise reject("foreach= must be the name of an artifact, as a string.")
    if len(names) != 1:
        raise reject("a foreach goes to exactly one step.")
    try:
        value = getattr(flow, foreach)
    except AttributeError:
        raise reject(f"Foreach variable {foreach!r} does not exist. {_first(flow, foreach)}") from None
    try:
        iterator = iter(value)
    except TypeError:
        raise reject(f"Foreach variable {foreach!r} is not iterable, but {_short(value)}.") from None
    items = value if can_be_indexed(value) else list(iterator)
    if len(items) == 0:
        raise reject(f"Foreach iterator over {foreach!r} produced zero splits. Check that self.{foreach} has items.")
    if foreach in flow.__dict__ and (iterator is value or isinstance(value, MappingView)):
        setattr(flow, foreach, items)  # an iterator is spent now, and neither it nor a view could be pickled
    labels = tuple(item_label(foreach, item) for item in items) if len(items) <= LABELS_KEPT else ()
    is_stored = items is value and is_artifact(flow, foreach)
    return Transition((names[0],), foreach, len(items), labels, None if is_stored else items)


def _parallel(names: Sequence[str], count: Any, reject: Any, alone: bool) -> Transition:
    if not alone:
        raise reject("num_parallel= cannot be combined with foreach=.")
    if len(names) != 1:
        raise reject("num_parallel= goes to exactly one step.")
    try:
        number = operator.index(count)
    except TypeError:
        number = 0
    if isinstance(count, bool) or number < 1:
        raise reject(f"num_parallel= takes a whole number of at least 1, not {_short(count)}.")
    labels = tuple(f"node={index}" for index in range(number)) if number <= LABELS_KEPT else ()
    return Transition((names[0],), PARALLEL, number, labels)


def is_artifact(flow: Any, name: str) -> bool:
    """Whether `self.name` is stored with the step, and not computed by a property or kept on the class."""
    return name in flow.__dict__ or name in flow._flows_state.refs


def can_be_indexed(value: Any) -> bool:
    """Whether `value[i]` is the i-th item of its iteration: true of sequences and arrays, not of dicts and sets."""
    if isinstance(value, (list, tuple, range, str, bytes)):
        return True
    return type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "shape")


def item_label(var: str, item: Any) -> str:
    """Return the item as a person recognises it: `divisor=2` for an item of `divisors`, in one short line."""
    text = "".join(char if char.isprintable() else " " for char in _short(item))
    return f"{singular(var)}={text}"


def singular(name: str) -> str:
    """Return an artifact's name for one of its items: `divisors` -> `divisor`, `queries` -> `query`."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if name.endswith(("sses", "xes", "ches", "shes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us", "is")) and len(name) > 1 else name


def _short(value: Any) -> str:
    import reprlib

    limits = reprlib.Repr()
    limits.maxstring = limits.maxother = limits.maxlong = LONGEST_ITEM_LABEL - 10
    try:
        text = value if isinstance(value, str) else limits.repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= LONGEST_ITEM_LABEL else text[: LONGEST_ITEM_LABEL - 1] + "…"
