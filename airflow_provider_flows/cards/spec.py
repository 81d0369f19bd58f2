"""`CardSpec`: one `@card` above a step, as data. TASK phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from airflow_provider_flows.cards.card import MetaflowCard

CardClass = type[MetaflowCard]


@dataclass(frozen=True)
class CardSpec:
    """A card that a step has: `number` is its place among them, from the top. Times are in seconds."""

    number: int
    type: str
    cls: CardClass | None
    """None for a type that is not known where the step runs."""
    id: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 45
    save_errors: bool = True
    customize: bool = False
    refresh_interval: float = 5
    is_added: bool = False
    """Whether `--with` or a mutator added it to those that stand above the step."""

    @property
    def takes_components(self) -> bool:
        return self.cls is None or self.cls.ALLOW_USER_COMPONENTS

    @property
    def name(self) -> str:
        """How the card is called in what is said to people."""
        return f"card {self.id!r} of type {self.type!r}" if self.id is not None else f"card of type {self.type!r}"
