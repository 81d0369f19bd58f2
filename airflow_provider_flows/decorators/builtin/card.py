"""`@card`: a page that shows what a step made. Its hooks run in the TASK phase; the type is checked at launch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Iterable, Mapping

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.errors import InvalidDecoratorAttribute
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.graph.wording import did_you_mean
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.text import in_short

if TYPE_CHECKING:
    from airflow_provider_flows.cards.attempt import AttemptCards
    from airflow_provider_flows.cards.spec import CardSpec


class CardDecorator(StepDecorator):
    """Keep a page of results with each attempt of the step; `current.card` adds to it.

    `type` names a class of cards, `id` tells the cards of one step apart, `options` are for the class. `timeout` and
    `refresh_interval` are in seconds. With `save_errors`, a card that cannot be made says why. `current.card.append`
    without an id means the card with `customize=True`. (`scope` and `rank` are taken and change nothing.)
    """

    name = "card"
    allow_multiple = True
    defaults: ClassVar[Mapping[str, Any]] = {
        "type": "default",
        "id": None,
        "options": {},
        "scope": "task",
        "rank": None,
        "timeout": 45,
        "save_errors": True,
        "customize": False,
        "refresh_interval": 5,
    }

    _flows_modules = tuple(
        f"airflow_provider_flows.cards.{name}"
        for name in ("attempt", "registry", "components.image", "components.text")
    )
    _cards: AttemptCards | None = None

    def _flows_is_met(self, held: Iterable[Any]) -> bool:
        """`--with card` leaves alone a step that has a card of that type: a second one would show the same."""
        cards = [each for each in held if isinstance(each, CardDecorator)]
        return any(each.attributes["type"] == self.attributes["type"] for each in cards)

    def step_init(self, flow: Any, graph: Any, step_name: str, decorators: list[Any], *_: Any) -> None:
        self._decorators = decorators
        self._check(step_name)
        if self.system_ctx.is_launch:
            self._require_type(step_name)

    def task_pre_step(
        self,
        step_name: str,
        task_datastore: Any,
        metadata: Any,
        run_id: str,
        task_id: str,
        flow: Any,
        *_: Any,
    ) -> None:
        cards = [each for each in reversed(self._decorators) if isinstance(each, CardDecorator)]
        cards.sort(key=lambda card: not card.statically_defined)  # those of --with come after those that are written
        if cards[0] is not self:  # the first one acts for all of them
            return
        from airflow_provider_flows.cards.attempt import AttemptCards  # steps without cards do not need it

        address = TaskAddress(current.flow_name, run_id, step_name, task_id)
        specs = [card._spec(number) for number, card in enumerate(cards)]
        self._cards = AttemptCards(specs, task_datastore, address, flow)
        current._update_env({"card": self._cards.collector})

    def task_finished(self, step_name: str, flow: Any, *_: Any) -> None:
        cards, self._cards = self._cards, None
        if cards is not None:
            cards.finish()

    def _spec(self, number: int) -> CardSpec:
        from airflow_provider_flows.cards.registry import find_card
        from airflow_provider_flows.cards.spec import CardSpec

        given = self.attributes
        names = ("type", "id", "save_errors", "customize")
        return CardSpec(
            number=number,
            cls=find_card(given["type"]),
            options=dict(given["options"] or {}),
            timeout=float(given["timeout"]),
            refresh_interval=float(given["refresh_interval"]),
            is_added=not self.statically_defined,
            **{name: given[name] for name in names},
        )

    def _check(self, step_name: str) -> None:
        given = self.attributes
        for name, kinds, what in _KINDS:
            if not isinstance(given[name], kinds) or (isinstance(given[name], bool) and bool not in kinds):
                raise InvalidDecoratorAttribute(
                    f"step {step_name!r}: {name}={in_short(given[name])} of @card must be {what}."
                )
        if given["timeout"] <= 0 or given["refresh_interval"] < 0:
            raise InvalidDecoratorAttribute(f"step {step_name!r}: timeout and refresh_interval of @card are seconds.")

    def _require_type(self, step_name: str) -> None:
        from airflow_provider_flows.cards.registry import broken, find_card, known_types

        name = self.attributes["type"]
        if find_card(name) is None:
            reasons = "".join(f" {problem}." for problem in broken())
            raise InvalidDecoratorAttribute(
                f"step {step_name!r}: there is no card of type {name!r}.{did_you_mean(name, known_types())} "
                f"There are: {', '.join(known_types())}.{reasons} Install the package that has it, or define a "
                f"MetaflowCard with type = {name!r} in the flow's code."
            )


_KINDS: tuple[tuple[str, tuple[type, ...], str], ...] = (
    ("type", (str,), "the name of a type of cards"),
    ("id", (str, type(None)), "a text"),
    ("options", (dict, type(None)), "a dict"),
    ("timeout", (int, float), "a number of seconds"),
    ("refresh_interval", (int, float), "a number of seconds"),
    ("save_errors", (bool,), "True or False"),
    ("customize", (bool,), "True or False"),
)
