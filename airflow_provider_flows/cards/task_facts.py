"""What the default card says of a task by itself: how it went, parameters, artifacts, the flow. TASK phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from airflow_provider_flows.cards.plain import plain
from airflow_provider_flows.cards.previews import preview
from airflow_provider_flows.flow.current import current

if TYPE_CHECKING:
    from airflow_provider_flows.store import ArtifactRef, AttemptRecord

_MOST_ARTIFACTS = 200
_LARGEST_LOADED = 16 << 10
"""Bytes of an artifact of an earlier step that is loaded to be shown."""
_PLAIN = frozenset({"NoneType", "bool", "int", "float", "complex", "str", "bytes", "list", "tuple", "dict", "set"})


def sections_of(flow: Any, appended: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the parts of the card, those that were appended between how the task went and what it left."""
    record: AttemptRecord | None = flow._flows_state.record
    yield {"type": "facts", "facts": _facts(flow, record)}
    if record is not None and record.exception is not None:
        said = "Why the step failed" if record.outcome == "failed" else "The step failed, and @catch caught it"
        yield {"type": "error", "title": said, "data": record.exception["stacktrace"] or record.reason}
    yield from appended
    parameters = list(_parameters(flow))
    if parameters:
        yield {"type": "section", "title": "Parameters", "contents": [{"type": "artifacts", "data": parameters}]}
    artifacts = list(_artifacts(flow, record)) if record is not None else []
    if artifacts:
        yield {"type": "section", "title": "Artifacts", "contents": [{"type": "artifacts", "data": artifacts}]}
    picture = flow_picture(current.graph, current.step_name)
    yield {"type": "section", "title": "Flow", "contents": [picture]}


def flow_picture(graph: Any, here: str | None) -> dict[str, Any]:
    """Return the flow's steps and where they lead, as data."""
    steps = graph["steps"]
    shown = {
        name: {
            "next": list(dict.fromkeys(step["next"])),
            "type": step["type"],
            "doc": (step["doc"] or "").strip()[:300],
        }
        for name, step in steps.items()
    }
    return {"type": "dag", "steps": plain(shown), "here": here, "start": graph["start_step"]}


def _facts(flow: Any, record: AttemptRecord | None) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"name": "Run", "text": f"{current.flow_name}/{current.run_id}"},
        {"name": "Task", "text": f"{current.step_name}/{current.task_id}"},
    ]
    frames = flow._flows_state.frames
    if frames:
        labels = " › ".join(f"{frame.label} ({frame.index + 1} of {frame.num_splits})" for frame in frames)
        facts.append({"name": "Item", "text": labels})
    if record is None:
        facts.append({"name": "Status", "status": "running"})
    else:
        facts += [
            {"name": "Status", "status": record.outcome},
            {"name": "Attempt", "text": str(record.attempt)},
            {"name": "Started", "time": record.started_at},
            {"name": "Duration", "seconds": round(record.finished_at - record.started_at, 3)},
        ]
    facts.append({"name": "User", "text": current.username or "unknown"})
    if current.tags:
        facts.append({"name": "Tags", "text": ", ".join(sorted(current.tags))})
    if current.origin_run_id:
        facts.append({"name": "Resumed from", "text": f"{current.flow_name}/{current.origin_run_id}"})
    return facts


def _parameters(flow: Any) -> Iterator[dict[str, Any]]:
    for name in current.parameter_names or ():
        try:
            yield {"name": name, **preview(getattr(flow, name))}
        except Exception:  # a value that cannot be loaded is no reason to show nothing
            yield {"name": name, "kind": "", "text": "could not be loaded"}


def _artifacts(flow: Any, record: AttemptRecord) -> Iterator[dict[str, Any]]:
    own = set(current.parameter_names or ()) | {"name"}
    names = [name for name in sorted(record.artifacts) if not name.startswith("_") and name not in own]
    for name in names[:_MOST_ARTIFACTS]:
        ref = record.artifacts[name]
        yield {"name": name, "size": ref.size, "kind": ref.type, **_preview(flow, name, ref)}
    if len(names) > _MOST_ARTIFACTS:
        yield {"name": f"… and {len(names) - _MOST_ARTIFACTS:,} more", "kind": ""}


def _preview(flow: Any, name: str, ref: ArtifactRef) -> dict[str, Any]:
    """Return what is shown of an artifact: of one that an earlier step made, only of a small one of a plain type."""
    if name in vars(flow):
        return preview(vars(flow)[name])
    if ref.type in _PLAIN and ref.inline is not None and len(ref.inline) <= _LARGEST_LOADED:
        try:
            return preview(flow._flows_state.load_ref(ref))
        except Exception:
            return {"text": "could not be loaded"}
    return {"text": "made by an earlier step"} if name in flow._flows_state.refs else {}
