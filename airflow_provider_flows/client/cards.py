"""`get_cards`: the cards that an attempt of a task left, as objects. Any process; read only."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any, Iterator

from airflow_provider_flows.client.origin import original
from airflow_provider_flows.client.task import Task
from airflow_provider_flows.errors import CardNotPresent, UsageError
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import CardRecord, Store


class Card:
    """One card of a task: `type`, `id`, `hash`, and its HTML."""

    def __init__(self, record: CardRecord, url: str) -> None:
        self._record, self._url = record, url

    @property
    def type(self) -> str:
        return self._record.type

    @property
    def id(self) -> str | None:
        return self._record.id

    @property
    def hash(self) -> str:
        """Names the content."""
        return self._record.hash

    @property
    def path(self) -> str:
        """Where the card is in the datastore: a path or URL."""
        return self._url

    @property
    def state(self) -> str:
        """`final`; `live` while its step runs, or was killed; `failed` for what says that it could not be made."""
        return self._record.state

    def get(self) -> str:
        """Return the card as one HTML page that needs nothing else."""
        from airflow_provider_flows.cards.html.kept import card_html  # templates, where somebody wants HTML

        return card_html(self._record)

    def get_data(self) -> Any:
        """Return the data that the card was refreshed with last; None when there is none."""
        return self._record.data

    def view(self) -> None:
        """Open the card in a browser."""
        import webbrowser

        from airflow_provider_flows.cards.html.files import temporary_page

        webbrowser.open(Path(temporary_page(self.get())).as_uri())

    def _repr_html_(self) -> str:
        """Return a frame of its own for a notebook: the card's scripts see nothing of the page around it."""
        page = base64.b64encode(self.get().encode()).decode()
        source = escape(f"data:text/html;charset=utf-8;base64,{page}")
        return f'<iframe sandbox="allow-scripts" src="{source}" width="100%" height="600" frameborder="0"></iframe>'

    def __repr__(self) -> str:
        named = "" if self.id is None else f", id={self.id!r}"
        return f"Card(type={self.type!r}{named}, hash={self.hash!r})"


class CardContainer:
    """The cards of a task, in the order of its `@card`s from the top: `len`, indices, iteration."""

    def __init__(self, cards: list[Card]) -> None:
        self._cards = cards

    def __len__(self) -> int:
        return len(self._cards)

    def __iter__(self) -> Iterator[Card]:
        return iter(self._cards)

    def __getitem__(self, index: int) -> Card:
        return self._cards[index]

    def _repr_html_(self) -> str:
        return "".join(card._repr_html_() for card in self._cards)

    def __repr__(self) -> str:
        return f"CardContainer({self._cards!r})"


def get_cards(
    task: str | Task, id: str | None = None, type: str | None = None, follow_resumed: bool = True
) -> CardContainer:
    """Return a task's cards, of its newest attempt or the one that a Task is of, those with an `id` or a `type` alone.

    Of a task that was taken over from the run that its run resumes, those that were made there, unless
    `follow_resumed` is False. Raises CardNotPresent when the task has no card at all, and what Task raises.
    """
    if isinstance(task, str):
        task = Task(task)
    elif not isinstance(task, Task):
        raise UsageError(f"get_cards takes a Task or its pathspec, not {task!r}.")
    address, attempt = source_of(task, follow_resumed)
    cards = cards_of(task._scope.store, address, attempt)
    if not cards:
        raise CardNotPresent(f"Attempt {attempt} of {task.pathspec} has no cards. Is there an @card above its step?")
    return CardContainer([card for card in cards if id in (None, card.id) and type in (None, card.type)])


def source_of(task: Task, follow_resumed: bool) -> tuple[TaskAddress, int]:
    """Return the task and the attempt that made the cards of this one."""
    record = task._latest()
    source = original(record) if follow_resumed and record is not None and record.metadata else None
    return source or (TaskAddress(*task._names), newest_attempt(task))


def newest_attempt(task: Task) -> int:
    """Return the attempt that a task is of: the one that was asked for, or the newest, which may be running."""
    if task._attempt is not None:
        return task._attempt
    return max([task.current_attempt, *task._shown_attempts])


def cards_of(store: Store, address: TaskAddress, attempt: int) -> list[Card]:
    """Return the cards of an attempt."""
    return [Card(record, store.card_url(record)) for record in store.read_cards(address, attempt)]
