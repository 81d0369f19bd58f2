"""What opens a bucket with obstore, found in the environment or in an Airflow connection. Any process."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping


class LeftToFsspec(Exception):
    """Only fsspec's package for the scheme knows what is meant; the message says why, as the end of a sentence."""


CredentialProvider = Callable[[], Mapping[str, Any]]
"""Returns the credentials to use now, with the time at which they expire (`expires_at`, None for never)."""


@dataclass(frozen=True)
class Bucket:
    """Which server, as whom, and how: the arguments of a store class of obstore.

    `config` leaves nothing open that decides over the server or the identity: obstore would look for it in environment
    variables that fsspec's packages do not know.
    """

    config: Mapping[str, Any]
    credentials: CredentialProvider = field(repr=False)
    certificates: bytes | None = field(default=None, repr=False)


def constant(**credentials: object) -> CredentialProvider:
    """Return a provider of credentials that do not expire."""
    return lambda: {**credentials, "expires_at": None}


def is_on(variable: str) -> bool:
    """Say whether an environment variable switches something on."""
    return os.environ.get(variable, "").lower() in ("1", "true", "t", "yes", "on")
