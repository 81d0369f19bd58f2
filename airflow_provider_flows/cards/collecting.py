"""`current.card`: where a step puts the components of its cards. TASK phase, in the step's own process.

No mistake in it fails a step: it is said in the log and in the card.
"""

from __future__ import annotations

import logging
from typing import Any, Callable, Iterable, Iterator, Sequence

from airflow_provider_flows.cards.component import MetaflowCardComponent, is_component
from airflow_provider_flows.cards.plain import text_of, type_name
from airflow_provider_flows.cards.spec import CardSpec

log = logging.getLogger("airflow_provider_flows.cards")

Publish = Callable[["CardComponents", Any, bool], None]
"""Shows a card as it is now, with data that the step gives, at once if it must be."""


class _NoComponent(MetaflowCardComponent):
    """What is found under an id that no component has: it takes every update and shows nothing."""

    def update(self, *args: Any, **kwargs: Any) -> None:
        """There is nothing to change."""

    def render(self) -> str:
        return ""


class ComponentsById:
    """`current.card.components["id"]`, and all of them in their order."""

    def __init__(self, card: CardComponents) -> None:
        self._card = card

    def __getitem__(self, key: str) -> MetaflowCardComponent:
        found = self._card._by_id(key)
        if found is None:
            self._card._warn(f"there is no component with the id {text_of(key)!r}")
            return _NoComponent()
        return found

    def __setitem__(self, key: str, value: MetaflowCardComponent) -> None:
        self._card.append(value, id=key)

    def __delitem__(self, key: str) -> None:
        self._card._remove(self[key])

    def __contains__(self, key: object) -> bool:
        return self._card._by_id(key) is not None

    def __iter__(self) -> Iterator[MetaflowCardComponent]:
        return iter(self._card)

    def __len__(self) -> int:
        return len(self._card)


class CardComponents:
    """The components of one card of a step: what `current.card["id"]` is."""

    def __init__(self, spec: CardSpec | None, publish: Publish | None) -> None:
        self.spec, self._publish = spec, publish
        self.list: list[MetaflowCardComponent] = []
        self.warnings: list[str] = []
        self.data: Any = None
        """What was given to `refresh` last."""

    def append(self, component: Any, id: str | None = None) -> None:
        """Add a component; with an `id`, `components[id]` finds it, to change it or to replace it."""
        if self.spec is not None and not self.spec.takes_components:
            self._warn(f"the {self.spec.name} takes no components")
            return
        if not is_component(component):
            hint = "; wrap a text in Markdown(…)" if isinstance(component, str) else ""
            self._warn(f"{type_name(component)} is not a component and was left out{hint}")
            return
        if id is None:
            self.list.append(component)
            return
        known = self._by_id(id)
        component.component_id = id
        if known is None:
            self.list.append(component)
        else:
            self.list[next(place for place, each in enumerate(self.list) if each is known)] = component

    def extend(self, components: Any) -> None:
        """Add several components."""
        if not isinstance(components, Iterable) or isinstance(components, str):
            self._warn(f"extend takes a list of components, not {type_name(components)}")
            return
        for component in components:
            self.append(component)

    def clear(self) -> None:
        """Take all components out."""
        self.list.clear()

    def refresh(self, data: Any = None, force: bool = False) -> None:
        """Show the card as it is now while the step runs: soon, with `force` at once. `data` is for custom cards."""
        if data is not None:
            self.data = data
        if self._publish is not None:
            self._publish(self, self.data, force)

    @property
    def components(self) -> ComponentsById:
        """The components that were appended with an id."""
        return ComponentsById(self)

    def __iter__(self) -> Iterator[MetaflowCardComponent]:
        return iter(list(self.list))

    def __len__(self) -> int:
        return len(self.list)

    def __bool__(self) -> bool:
        return True

    def _by_id(self, key: object) -> MetaflowCardComponent | None:
        return next((each for each in self.list if each.component_id is not None and each.component_id == key), None)

    def _remove(self, component: MetaflowCardComponent) -> None:
        self.list = [each for each in self.list if each is not component]

    def _warn(self, message: str) -> None:
        """Say what is wrong, once, in the log and in the card."""
        if message not in self.warnings:
            self.warnings.append(message)
            log.warning("current.card: %s.", message)


class CardCollector:
    """`current.card`: the components of the card that a step means when it names none, and `current.card["id"]`.

    That is the one with `customize=True`, else the only one, else the only one that is written above the step, else the
    only one of those without an id.
    """

    def __init__(self, specs: Sequence[CardSpec], publish: Publish | None = None) -> None:
        self.cards = [CardComponents(spec, publish) for spec in specs]
        editable = [(spec, card) for spec, card in zip(specs, self.cards) if spec.takes_components]
        written = [(spec, card) for spec, card in editable if not spec.is_added]
        self._default = _only(
            [card for spec, card in editable if spec.customize],
            [card for _, card in editable],
            [card for _, card in written],
            [card for spec, card in written if spec.id is None],
        )
        self._nowhere = CardComponents(None, None)

    def append(self, component: MetaflowCardComponent, id: str | None = None) -> None:
        """Add a component to the card."""
        self._one("append").append(component, id)

    def extend(self, components: Iterable[MetaflowCardComponent]) -> None:
        """Add several components to the card."""
        self._one("extend").extend(components)

    def clear(self) -> None:
        """Take all components out of the card."""
        self._one("clear").clear()

    def refresh(self, data: Any = None, force: bool = False) -> None:
        """Show the card as it is now; see `CardComponents.refresh`."""
        card = self._default or _only(self.cards) or self._one("refresh")
        card.refresh(data, force)

    @property
    def components(self) -> ComponentsById:
        """The card's components, those with an id by it."""
        return self._one("components").components

    def get(self, type: str | None = None) -> list[CardComponents]:
        """Return the step's cards of a type, or all of them."""
        return [card for card in self.cards if card.spec is not None and type in (None, card.spec.type)]

    def __getitem__(self, key: str) -> CardComponents:
        found = self._named(key)
        if found is None:
            self._warn(f"no card of the step has the id {text_of(key)!r}; write @card(id={text_of(key)!r})")
            return CardComponents(None, None)
        return found

    def __setitem__(self, key: str, value: Iterable[MetaflowCardComponent]) -> None:
        card = self[key]
        card.clear()
        card.extend(value)

    def __contains__(self, key: object) -> bool:
        return self._named(key) is not None

    def __iter__(self) -> Iterator[MetaflowCardComponent]:
        return iter(self._one("iteration"))

    def __len__(self) -> int:
        return len(self._one("len"))

    def __bool__(self) -> bool:
        return True

    def _named(self, key: object) -> CardComponents | None:
        return next((card for card in self.cards if card.spec is not None and card.spec.id == key), None)

    def _one(self, what: str) -> CardComponents:
        if self._default is None:
            several = sum(card.spec is not None and card.spec.takes_components for card in self.cards)
            if several:
                self._warn(
                    f"the step has {several} cards, and {what} does not say which one is meant: give them ids and "
                    'write current.card["id"], or customize=True on one'
                )
            else:
                self._warn("the step's cards take no components")
            return self._nowhere
        return self._default

    def _warn(self, message: str) -> None:
        for card in self.cards:
            if message not in card.warnings:
                card.warnings.append(message)
        self._nowhere._warn(message)


def _only(*choices: Sequence[CardComponents]) -> CardComponents | None:
    """Return what is alone in the first list that has but one item."""
    return next((choice[0] for choice in choices if len(choice) == 1), None)
