"""What an error of a bucket means: whether it may pass, and what to do about it. Any process.

Each package has errors of its own. What they have in common are HTTP's status and the service's code, as attributes of
the error or of its cause, or in obstore's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator

from airflow_provider_flows.errors import message_of, reason_of

_MAY_PASS = {408, 425, 429, 500, 502, 503, 504}
_NETWORK = {
    # builtins and asyncio
    "ConnectionError",
    "TimeoutError",
    "IncompleteReadError",
    # botocore, aiohttp, httpx, requests and urllib3
    "HTTPClientError",
    "EndpointConnectionError",
    "IncompleteRead",
    "ClientConnectionError",
    "ClientPayloadError",
    "TransportError",
    "ProtocolError",
    # google-auth and Azure
    "RetryError",
    "ServiceRequestError",
    "ServiceResponseError",
    "gaierror",
}
"""The names of classes of which an error must have one: what failed then is the way to the server, or its answer."""

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>|\"reason\": ?\"(\w+)\"")
_NO_ANSWER = "HTTP error: "
_DEEPER = (
    ("Connection refused", "connection refused"),
    ("dns error", "there is no server of that name"),
    ("TimedOut", "no answer in time"),
    ("ertificate", "its certificate is not trusted here"),
)
"""What obstore says of a request without an answer, deep in its text."""

_ADVICE = (
    (
        r"NoSuchBucket|ContainerNotFound|ContainerBeingDeleted|[Tt]he specified (bucket|container) does not exist",
        "The bucket is not there: create it, or correct datastore_root",
    ),
    (
        r"RequestTimeTooSkewed|RequestExpired|Request date header too old|reasonable timeframe"
        r"|Signature not yet current",
        "This machine's clock is off: set it, for instance with `timedatectl set-ntp true`",
    ),
    (r"ExpiredToken|TokenRefreshRequired|token.* expired", "The credentials have expired: renew them"),
    (
        r"InvalidAccessKeyId|SignatureDoesNotMatch|AuthenticationFailed|InvalidToken|InvalidAuthenticationInfo"
        r"|Invalid Credentials|invalid_grant|InvalidSecurity|UnauthenticatedError|\b401\b",
        "The credentials are wrong: correct the keys in the environment, or in the Airflow connection",
    ),
    (
        r"NoCredentials|Unable to locate credentials|CredentialUnavailable|DefaultCredentialsError",
        "There are no credentials: set those of the cloud in the environment, or name an Airflow connection",
    ),
    (
        r"PermanentRedirect|AuthorizationHeaderMalformed|incorrectly configured region|IllegalLocationConstraint",
        "The bucket is in another region: set AWS_DEFAULT_REGION, or region_name in the Airflow connection",
    ),
    (
        r"AccessDenied|Forbidden|AuthorizationPermissionMismatch|AuthorizationFailure|PermissionError|\b403\b",
        "These credentials may not do this: allow them to list, read and write there",
    ),
)
"""Patterns in the words of an error, and what to do: the first that is found."""


@dataclass(frozen=True)
class _Answer:
    """What is known of a server's answer."""

    status: int | None
    words: str


def may_pass(error: BaseException) -> bool:
    """Say whether the same request may succeed when it is sent again: the server was not reached, or was busy."""
    answer = _answer(error)
    if "ConditionalRequestConflict" in answer.words:  # S3's word for two writers at once, of whom one may try again
        return True
    if answer.status is not None:
        return answer.status in _MAY_PASS
    if _is_no_bucket(answer):
        return False
    return _NO_ANSWER in answer.words or any(_NETWORK & _kinds(each) for each in _chain(error))


def is_no_bucket(error: BaseException) -> bool:
    """Say whether it is the bucket that is not there, and not just an object in it."""
    return _is_no_bucket(_answer(error))


def status_of(error: BaseException) -> int | None:
    """Return HTTP's status of the answer that the error stands for; None where there was no answer."""
    return next((status for status in map(_status_of, _chain(error)) if status is not None), None)


def explained(error: BaseException) -> str:
    """Return the reason in one line, and what to do about it where that is known."""
    answer = _answer(error)
    reason = " ".join(_shortened(error).split())
    advice = next((advice for pattern, advice in _ADVICE if re.search(pattern, answer.words)), None)
    return reason if advice is None else f"{reason}. {advice}"


def _is_no_bucket(answer: _Answer) -> bool:
    return re.search(_ADVICE[0][0], answer.words) is not None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _kinds(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _answer(error: BaseException) -> _Answer:
    words = " ".join(f"{type(each).__name__} {_code_of(each)} {_first_part(each)}" for each in _chain(error))
    return _Answer(status_of(error), words)


def _first_part(error: BaseException) -> str:
    """Return obstore's text without the structure that follows it, and any other text whole."""
    return message_of(error).partition("\n\nDebug source:")[0]


def _status_of(error: BaseException) -> int | None:
    """Return HTTP's status, as botocore, azure-core, gcsfs, aiohttp or obstore tell it."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        found = next((getattr(error, name) for name in ("status_code", "status", "code") if hasattr(error, name)), None)
    if isinstance(found, int):
        return found
    match = _STATUS.search(_first_part(error))
    return int(match[1]) if match else None


def _code_of(error: BaseException) -> str:
    """Return the service's code, as botocore or azure-core tell it."""
    response = getattr(error, "response", None)
    found = response.get("Error", {}).get("Code") if isinstance(response, dict) else getattr(error, "error_code", None)
    return str(found or "")


def _shortened(error: BaseException) -> str:
    text = message_of(error)
    first, structure, rest = text.partition("\n\nDebug source:")
    if not structure:
        return reason_of(error)
    _, _, reason = first.rpartition(" - ")
    if reason.startswith(_NO_ANSWER):
        return next((words for pattern, words in _DEEPER if pattern in rest), reason[len(_NO_ANSWER) :])
    status, code = _STATUS.search(reason), _CODE.search(reason)
    return f"{code[1] or code[2]} ({status[1]})" if status and code else reason
