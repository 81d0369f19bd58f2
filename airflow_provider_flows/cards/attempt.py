"""The cards of one attempt: collected while its step runs, shown meanwhile, made when it is over. TASK phase."""

from __future__ import annotations

import logging
import time
from typing import Any, Sequence

from airflow_provider_flows.cards.collecting import CardCollector, CardComponents
from airflow_provider_flows.cards.deadline import TookTooLong, deadline
from airflow_provider_flows.cards.live import LiveCards
from airflow_provider_flows.cards.plain import plain
from airflow_provider_flows.cards.rendering import Content, LiveCard, content_of, error_content, make_card
from airflow_provider_flows.cards.spec import CardSpec
from airflow_provider_flows.errors import words_of
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.tracebacks import traceback_text
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import CardRecord, Store
from airflow_provider_flows.store.card import FAILED, FINAL, LIVE

log = logging.getLogger("airflow_provider_flows.cards")


class AttemptCards:
    """Whatever goes wrong with a card, the step does not hear of it."""

    def __init__(self, specs: Sequence[CardSpec], store: Store, address: TaskAddress, flow: Any) -> None:
        self._store, self._address, self._flow = store, address, flow
        self._attempt: int | None = flow._flows_state.attempt
        self._live = LiveCards(self._write_live)
        self._live_cards = {spec.number: LiveCard() for spec in specs}
        self.collector = CardCollector(specs, self._publish)

    def finish(self) -> None:
        """Make and keep all cards; the attempt's record is committed."""
        self._live.stop()
        self._attempt = self._flow._flows_state.record.attempt
        for card in self.collector.cards:
            try:
                self._finish(card)
            except Exception as error:
                assert card.spec is not None
                log.warning("The %s was not kept: %s.", card.spec.name, words_of(error))

    def _finish(self, card: CardComponents) -> None:
        spec = card.spec
        assert spec is not None
        try:
            with deadline(spec.timeout):
                made = make_card(spec, card.list, _graph(), self._flow, card.data)
                content, state = content_of(made, card.warnings, card.data), FINAL
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a card may even call sys.exit()
            reason = str(error) if isinstance(error, TookTooLong) else words_of(error)
            log.warning("The %s could not be made: %s.", spec.name, reason)
            if not spec.save_errors:
                return
            content, state = _failure(spec, error), FAILED
        self._keep(spec, content, state)

    def _publish(self, card: CardComponents, data: Any, force: bool) -> None:
        spec = card.spec
        if spec is None or spec.cls is None or not spec.cls.RUNTIME_UPDATABLE:
            return
        self._live.show(spec, card.list, None if data is None else plain(data), force)

    def _write_live(self, spec: CardSpec, components: Sequence[Any], data: Any) -> None:
        if self._attempt is None:
            self._attempt = self._store.next_attempt(self._address)
        card = make_card(spec, components, _graph(), self._flow, data)
        self._keep(spec, self._live_cards[spec.number].content(card, data), LIVE)

    def _keep(self, spec: CardSpec, content: Content, state: str) -> None:
        assert self._attempt is not None
        self._store.write_card(
            CardRecord(
                *(self._address, self._attempt, spec.number, spec.type, spec.id, state),
                content.format,
                time.time(),
                content.content,
                content.data,
            )
        )


def _failure(spec: CardSpec, error: BaseException) -> Content:
    text = str(error) if isinstance(error, TookTooLong) or not error.__traceback__ else traceback_text(error)
    return error_content(f"The {spec.name} could not be made", text)


def _graph() -> Any:
    """Return the flow's steps as cards are given them."""
    steps = current.graph["steps"]
    return {
        name: {
            "type": step["type"],
            "box_next": step["type"] not in ("linear", "join", "end", "start"),
            "box_ends": step.get("matching_join"),
            "next": list(step["next"]),
            "doc": step["doc"],
        }
        for name, step in steps.items()
    }
