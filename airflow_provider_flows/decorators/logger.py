"""What hooks are given to say something with, as `logger` and `echo`. All phases, in the process of the hook."""

from __future__ import annotations

import logging
from typing import Any

_log = logging.getLogger("airflow_provider_flows")


def say(text: Any = "", *_: Any, head: str = "", bad: bool = False, err: bool = False, **__: Any) -> None:
    """Log a line, as a warning when it is `bad` news; what else Metaflow's loggers take is about colours."""
    _log.log(logging.WARNING if bad or err else logging.INFO, "%s%s", head, text)
