"""`merge_artifacts`: what a join may take over from its branches. TASK phase.

Two values are the same when their pickles are, as in Metaflow 2.19. Only where those differ, values are loaded: to read
one may have changed how it is pickled, and nothing of what it says.
"""

from __future__ import annotations

import contextlib
from typing import Any, Iterable, Mapping, Sequence

from airflow_provider_flows.errors import FlowsError, MergeConflict, MissingInMerge

NEVER_MERGED = frozenset({"_catch_exception", "_foreach_items"})
MOST_PICKLES, LARGEST = 8, 1 << 28
"""Different pickles of one artifact that are looked into, and bytes that each may have."""


def merge_artifacts(
    flow: Any, inputs: Iterable[Any], exclude: Sequence[str] | None = None, include: Sequence[str] | None = None
) -> None:
    """Take over each artifact on which all branches that have it agree, and which the join has not set itself.

    MergeConflict when branches differ in an artifact that is not set or excluded, MissingInMerge when `include` names
    one that nobody has; either way nothing is merged.
    """
    state = flow._flows_state
    node = state.graph[state.step_name] if state.graph is not None else None
    if node is None or not node.joins:
        raise FlowsError(f"merge_artifacts can only be called in a join, and {state.step_name!r} is not one.")
    if include and exclude:
        raise FlowsError("merge_artifacts takes include or exclude, not both.")
    for keyword, names in (("include", include), ("exclude", exclude)):
        if isinstance(names, str):  # its characters would be taken for names
            raise FlowsError(f"{keyword} takes a list of names, not a string: {keyword}=[{names!r}].")
    candidates: dict[str, list[Any]] = {}
    for branch in inputs:
        for name, ref in branch._flows_state.refs.items():
            if _wanted(name, exclude, include) and not has_artifact(flow, name):
                candidates.setdefault(name, []).append(ref)
    conflicts = sorted(name for name, refs in candidates.items() if not _agree(flow, refs))
    if conflicts:
        raise MergeConflict(
            f"Step {state.step_name!r} cannot merge {', '.join(conflicts)}: the branches have different values. "
            "Set them in the join before merging, or list them in exclude=.",
            conflicts,
        )
    missing = sorted(name for name in include or () if name not in candidates and not has_artifact(flow, name))
    if missing:
        raise MissingInMerge(f"Step {state.step_name!r} includes {', '.join(missing)}, which no branch has.", missing)
    state.refs.update((name, refs[0]) for name, refs in candidates.items())


def _agree(flow: Any, refs: Sequence[Any]) -> bool:
    pickles: Mapping[str, Any] = {ref.digest: ref for ref in refs}
    if len(pickles) == 1:
        return True
    first, *others = pickles.values()
    if len(pickles) > MOST_PICKLES or any(ref.size > LARGEST or ref.type != first.type for ref in pickles.values()):
        return False
    from airflow_provider_flows.flow.sameness import same  # most joins never ask

    load = flow._flows_state.load_ref
    with contextlib.suppress(Exception):  # what cannot be loaded, or compared, is not known to be the same
        value = load(first)
        return all(same(value, load(other)) for other in others)
    return False


def has_artifact(flow: Any, name: str) -> bool:
    """Whether `self.name` is set, shows through, or is an attribute of the class; nothing is loaded."""
    return name in flow.__dict__ or name in flow._flows_state.refs or hasattr(type(flow), name)


def _wanted(name: str, exclude: Sequence[str] | None, include: Sequence[str] | None) -> bool:
    if include:
        return name in include
    return name not in NEVER_MERGED and name not in (exclude or ())
