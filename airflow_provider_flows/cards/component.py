"""`MetaflowCardComponent`: a piece of a card, and what it becomes: plain data. TASK phase."""

from __future__ import annotations

import functools
import uuid
from typing import Any, Callable, Optional, TypeVar, cast

from airflow_provider_flows.cards.plain import plain
from airflow_provider_flows.errors import words_of

Render = TypeVar("Render", bound=Callable[..., Any])
FAILED = "failed"
"""The type of what stands in a card for a component that could not be rendered."""


class MetaflowCardComponent:
    """Base of all components, those of authors included: `render` says what to show, `update` changes it.

    `render` returns a text, which is shown as Markdown, or what another component's `render` returned.
    """

    REALTIME_UPDATABLE = False
    """Whether `update` can be called; cards that are shown while the step runs show what it changed."""

    _component_id: Optional[str] = None

    @property
    def component_id(self) -> str | None:
        """The id under which `current.card.components` has it."""
        return self._component_id

    @component_id.setter
    def component_id(self, value: str) -> None:
        self._component_id = value

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Change what is shown."""
        raise NotImplementedError(f"{type(self).__name__} cannot be updated")

    def render(self) -> Any:
        """Return a text, or a dict of plain data."""
        raise NotImplementedError(f"{type(self).__name__} has no render()")


def with_default_component_id(render: Render) -> Render:
    """Let a component have an id when it is rendered: a decorator of `render` that authors' components use."""

    @functools.wraps(render)
    def named(self: MetaflowCardComponent, *args: Any, **kwargs: Any) -> Any:
        if self.component_id is None:
            self.component_id = f"{type(self).__name__.lower()}_{uuid.uuid4().hex[:6]}"
        return render(self, *args, **kwargs)

    return cast("Render", named)


def render_safely(render: Render) -> Render:
    """Return `render` as it is: what a component raises is shown in its place anyway."""
    return render


def is_component(value: Any) -> bool:
    """Whether a value is a component, without asking the value, which may be an object of any class."""
    return issubclass(type(value), MetaflowCardComponent)


def rendered(component: Any) -> Any:
    """Return a component as plain data; whatever it raises is shown in its place, and no other one suffers."""
    if not is_component(component):
        return plain(component)
    kind = type(component).__name__
    try:
        found = component.render()
    except Exception as error:
        return {"type": FAILED, "name": kind, "message": words_of(error)}
    if issubclass(type(found), (str, dict)):
        return plain({"type": "markdown", "source": str(found)} if isinstance(found, str) else found)
    return {"type": FAILED, "name": kind, "message": f"render() returned {type(found).__name__}, not a text or a dict"}
