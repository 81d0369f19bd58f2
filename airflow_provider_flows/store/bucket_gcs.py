"""The server and the identity of a bucket in Google Cloud Storage, the same ones that gcsfs takes. Any process."""

from __future__ import annotations

import json
import os
from datetime import timezone
from typing import TYPE_CHECKING, Any, Mapping

from airflow_provider_flows.store.bucket import Bucket, CredentialProvider, LeftToFsspec, constant

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_GOOGLE = "https://storage.googleapis.com"
_ONLY_GCSFS = ("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "GOOGLE_API_USE_MTLS_ENDPOINT")
"""Variables that choose endpoints which Google's own packages alone know."""
_PREFIX = "extra__google_cloud_platform__"
_KEYS = ("keyfile_dict", "key_path")
_PLAIN = {*_KEYS, "project", "gcs.endpoint"}
"""What may be in the extra of a connection that is opened without its provider."""


def find(connection: Mapping[str, Any] | None, extra: Mapping[str, Any]) -> Bucket:
    """Return what opens a bucket for the environment, or for the fields of a connection; LeftToFsspec."""
    for variable in _ONLY_GCSFS:
        if os.environ.get(variable):
            raise LeftToFsspec(f"{variable} is set")
    if connection is not None:
        return _of_connection(connection, extra)
    emulator = os.environ.get("STORAGE_EMULATOR_HOST")
    if emulator and emulator != "default":
        return _bucket(emulator if "://" in emulator else f"http://{emulator}", constant(token="of an emulator"))
    return _bucket(_GOOGLE, _Renewed(_default_credentials()))


def _of_connection(connection: Mapping[str, Any], extra: Mapping[str, Any]) -> Bucket:
    fields = {name.replace(_PREFIX, "", 1): value for name, value in extra.items() if value not in (None, "")}
    more = sorted(set(fields) - _PLAIN)
    if connection.get("conn_type") != "google_cloud_platform" or more:
        raise LeftToFsspec(f"the connection has {', '.join(more) or 'another type'}")
    return _bucket(fields.get("gcs.endpoint") or _GOOGLE, _Renewed(_service_account(fields)))


def _bucket(endpoint: str, credentials: CredentialProvider) -> Bucket:
    return Bucket({"base_url": endpoint, "skip_signature": False}, credentials)


def _default_credentials() -> Credentials:
    try:
        import google.auth  # a tenth of a second, for Google's buckets alone
    except ImportError:
        raise LeftToFsspec("google-auth, which looks for credentials, is not installed") from None
    try:
        credentials: Credentials = google.auth.default(scopes=_SCOPES)[0]
    except google.auth.exceptions.GoogleAuthError:
        raise LeftToFsspec("google-auth finds no credentials") from None
    return credentials


def _service_account(fields: Mapping[str, Any]) -> Credentials:
    """Return the account whose key the connection has."""
    given = [fields[name] for name in _KEYS if name in fields]
    if len(given) != 1:
        raise LeftToFsspec("the connection holds no key of a service account")
    try:
        from google.oauth2.service_account import Credentials as ServiceAccount  # as above
    except ImportError:
        raise LeftToFsspec("google-auth is not installed") from None
    if "key_path" in fields:
        found: Credentials = ServiceAccount.from_service_account_file(given[0], scopes=_SCOPES)
    else:
        info = json.loads(given[0]) if isinstance(given[0], str) else given[0]
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
