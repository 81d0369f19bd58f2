"""`MetaflowCard`: the base of all cards, those of authors and of other distributions. TASK phase."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping, Optional, Sequence


class MetaflowCard:
    """A card: `render(task)` returns its HTML, given the task as the client shows it. Names are Metaflow 2.19's.

    `options` are those of `@card`, `components` what was appended, as `render()` of each gave it, `graph` the flow's
    steps, and `flow` the flow object. What `render` returns is HTML as it stands: the author escapes what has to be.
    """

    RELOAD_POLICY_NEVER: ClassVar[str] = "never"
    RELOAD_POLICY_ALWAYS: ClassVar[str] = "always"
    RELOAD_POLICY_ONCHANGE: ClassVar[str] = "onchange"

    type: ClassVar[Optional[str]] = None
    """The name by which `@card(type=…)` asks for it."""
    ALLOW_USER_COMPONENTS: ClassVar[bool] = False
    """Whether `current.card.append` can add components to it."""
    RUNTIME_UPDATABLE: ClassVar[bool] = False
    """Whether it is shown while the step runs."""
    RELOAD_POLICY: ClassVar[str] = RELOAD_POLICY_NEVER
    """When its HTML is made anew while the step runs: never after the first time, always, or on a new token."""
    RELOAD_POLICY_TOKEN: ClassVar[str] = "[METAFLOW_RELOAD_TOKEN]"
    """What in its HTML is replaced by the token that the HTML was made for."""
    scope: ClassVar[str] = "task"

    runtime_data: Optional[Mapping[str, Any]] = None
    """`{"user": …}`: what was given to `current.card.refresh(data)` last."""

    def __init__(
        self,
        options: Mapping[str, Any] = {},  # its default there, which authors' signatures repeat
        components: Sequence[Any] = (),
        graph: Any = None,
        flow: Any = None,
        **kwargs: Any,
    ) -> None:
        pass

    def render(self, task: Any) -> str:
        """Return the card's HTML once the step is over."""
        raise NotImplementedError(f"the card {type(self).__name__} has no render()")

    def render_runtime(self, task: Any, data: Any) -> str:
        """Return the card's HTML while the step runs."""
        raise NotImplementedError(f"the card {type(self).__name__} has no render_runtime()")

    def refresh(self, task: Any, data: Any) -> Any:
        """Return data that the card's own JavaScript gets, in `metaflow_card_update`, while the step runs."""
        raise NotImplementedError(f"the card {type(self).__name__} has no refresh()")

    def reload_content_token(self, task: Any, data: Any) -> str:
        """Return a text: when it changes, the HTML is made anew, if the policy is `onchange`."""
        return "content-token"

    def _get_mustache(self) -> Any:
        """Return the module that renders Mustache templates, as cards of other distributions ask for it."""
        from airflow_provider_flows.cards import mustache  # most cards have none

        return mustache
