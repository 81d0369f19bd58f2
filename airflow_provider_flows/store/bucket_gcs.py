"""The server and the identity of a bucket in Google Cloud Storage, the same ones that gcsfs takes. Any process."""

from __future__ import annotations

import json
import os
from datetime import timezone
from typing import TYPE_CHECKING, Any, Mapping

from airflow_provider_flows.store.bucket import Bucket

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_PREFIX = "extra__google_cloud_platform__"
_KEYS = ("keyfile_dict", "key_path")
_PLAIN = {*_KEYS, "project", "gcs.endpoint"}
"""What may be in the extra of a connection that is opened without its provider."""


def find(connection: Mapping[str, Any] | None, extra: Mapping[str, Any]) -> Bucket | None:
    """Return what opens a bucket for the environment, or for the fields of a connection; None if only gcsfs can."""
    if (
        os.environ.get("GOOGLE_CLOUD_UNIVERSE_DOMAIN")
        or os.environ.get("GOOGLE_API_USE_MTLS_ENDPOINT", "auto") == "always"
    ):
        return None
    if connection is None:
        emulator = os.environ.get("STORAGE_EMULATOR_HOST")
        if emulator and emulator != "default":
            return _bucket(emulator if "://" in emulator else f"http://{emulator}", None)
        return _with(None, _default_credentials())
    fields = {name.replace(_PREFIX, "", 1): value for name, value in extra.items() if value not in (None, "")}
    if connection.get("conn_type") != "google_cloud_platform" or set(fields) - _PLAIN:
        return None
    return _with(fields.get("gcs.endpoint"), _service_account(fields))


def _with(endpoint: str | None, credentials: Credentials | None) -> Bucket | None:
    return None if credentials is None else _bucket(endpoint or "https://storage.googleapis.com", credentials)


def _bucket(endpoint: str, credentials: Credentials | None) -> Bucket:
    config = {"base_url": endpoint, "skip_signature": credentials is None}
    return Bucket(config, None if credentials is None else _Renewed(credentials))


def _default_credentials() -> Credentials | None:
    try:
        import google.auth  # a tenth of a second, for Google's buckets alone
    except ImportError:
        return None
    try:
        credentials: Credentials = google.auth.default(scopes=_SCOPES)[0]
    except google.auth.exceptions.GoogleAuthError:
        return None  # gcsfs knows more places, and comes anonymously in the end
    return credentials


def _service_account(fields: Mapping[str, Any]) -> Credentials | None:
    """Return the account whose key the connection has; None where it says something else."""
    given = [fields[name] for name in _KEYS if name in fields]
    if len(given) != 1:
        return None
    try:
        from google.oauth2.service_account import Credentials as ServiceAccount  # as above
    except ImportError:
        return None
    if "key_path" in fields:
        if not given[0].endswith(".json"):
            return None
        found: Credentials = ServiceAccount.from_service_account_file(given[0], scopes=_SCOPES)
    else:
        info = json.loads(given[0]) if isinstance(given[0], str) else dict(given[0])
        found = ServiceAccount.from_service_account_info(info, scopes=_SCOPES)
    return found


class _Renewed:
    """Credentials that google-auth renews, when they are about to expire and not at each question."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self) -> Mapping[str, Any]:
        from google.auth.transport.requests import Request  # only where a token is needed

        if not self._credentials.valid:
            self._credentials.refresh(Request())
        expiry = self._credentials.expiry
        return {"token": self._credentials.token, "expires_at": expiry and expiry.replace(tzinfo=timezone.utc)}
