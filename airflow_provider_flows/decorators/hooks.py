"""How a decorator's hook is called: by its `_ctx` variant where its class has one. LAUNCH and TASK."""

from __future__ import annotations

from typing import Any, Sequence

_COMPLETED = "task_step_completed_ctx"
_SHARED = {"task_post_step": _COMPLETED, "task_exception": _COMPLETED}
"""The hooks that share one variant; of any other `hook` it is `hook_ctx`."""


def call_hook(decorator: Any, hook: str, ctx: Sequence[Any], legacy: Sequence[Any], **more: Any) -> Any:
    """Call a hook with the arguments of whichever form the decorator has; `more` are keywords of the `_ctx` variant."""
    variant = getattr(decorator, _SHARED.get(hook, f"{hook}_ctx"))
    return getattr(decorator, hook)(*legacy) if variant is None else variant(*ctx, **more)
