"""How long a bucket is waited for, whatever opens it: one policy. Any process.

A request that fails because the store is away (refused, cut off, no answer, 429 and 5xx) is sent again, after pauses
that double from a tenth of a second to five seconds, until it has failed for `RETRY_SECONDS`. What the store answers
(not there, not allowed) is an answer.
"""

from __future__ import annotations

import logging
import random
import time
from datetime import timedelta
from typing import Any, Callable, TypeVar

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.store.alarm import is_an_alarm_s
from airflow_provider_flows.store.bucket_errors import explained, may_pass
from airflow_provider_flows.store.settings import setting

Result = TypeVar("Result")

RETRY_SECONDS = 60.0
CONNECT_SECONDS = 10.0
"""For a connection to be made."""
ANSWER_SECONDS = 60.0
"""In which a server that has a request must begin to answer, and go on answering."""
REQUEST_SECONDS = 900.0
"""For one request and its answer, of at most some megabytes, at a crawl."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_QUICK = 10.0
_log = logging.getLogger("airflow_provider_flows.store")


def retry_seconds() -> float:
    """Return for how long requests are repeated, by the setting `bucket_retry_seconds`; UsageError."""
    text = setting("bucket_retry_seconds")
    try:
        seconds = RETRY_SECONDS if text is None else float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise UsageError(f"bucket_retry_seconds is {text!r}. Give a number of seconds, 0 to never repeat a request.")
    return seconds


def patiently(place: str, do: Callable[[], Result], seconds: float) -> Result:
    """Return what `do` returns, which is called again while it fails for reasons that may pass, for up to `seconds`."""
    pause, deadline = _FIRST_PAUSE, None
    while True:
        try:
            return do()
        except Exception as error:
            if seconds == 0 or not may_pass(error) or is_an_alarm_s(error):
                raise
            now = time.monotonic()
            if deadline is None:
                deadline = now + seconds
                _log.warning("%s: %s. Trying again for up to %g seconds.", place, explained(error), seconds)
            if now + pause > deadline:
                raise
        time.sleep(pause * random.uniform(0.5, 1))
        pause = min(2 * pause, _LONGEST_PAUSE)


def retries_of_obstore(seconds: float) -> dict[str, Any]:
    """Return how obstore itself repeats a request: quickly, for the part of an upload that met a busy server."""
    return {
        "max_retries": 5 if seconds else 0,
        "retry_timeout": timedelta(seconds=_QUICK),
        "backoff": {
            "init_backoff": timedelta(seconds=_FIRST_PAUSE),
            "max_backoff": timedelta(seconds=_LONGEST_PAUSE),
            "base": 2,
        },
    }
