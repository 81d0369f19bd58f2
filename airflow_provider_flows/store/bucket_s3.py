"""The server and the identity of an S3 bucket, the same ones that s3fs takes. Any process.

Keys and endpoints in environment variables are taken as they are. Where there are profiles, configuration files or
roles, botocore is asked, as s3fs does.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Mapping

from airflow_provider_flows.store.bucket import Bucket, CredentialProvider, constant, is_on

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session

_FILES = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_ONLY_BOTOCORE = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")
"""Switches that choose endpoints which botocore alone knows."""
_PLAIN = {"region_name", "endpoint_url", "aws_access_key_id", "aws_secret_access_key", "aws_session_token"}
"""What may be in the extra of a connection that is opened without its provider."""
_ASKED_AGAIN_AFTER = timedelta(minutes=5)
"""botocore renews temporary credentials ten minutes before they expire, at the latest."""
_DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True)
class _Server:
    """Where the bucket is. Without an endpoint, it is AWS."""

    region: str | None
    endpoint: str | None
    virtual_hosts: bool = False
    certificates: str | None = None
    """The path of a file."""


def find(connection: Mapping[str, Any] | None, extra: Mapping[str, Any]) -> Bucket | None:
    """Return what opens a bucket for the environment, or for the fields of a connection; None if only s3fs can."""
    if any(map(is_on, _ONLY_BOTOCORE)):
        return None
    credentials = None
    if connection is not None:
        if connection.get("conn_type") != "aws" or set(extra) - _PLAIN:
            return None
        credentials = _keys_of(connection, extra)
        if credentials is None and extra.get("aws_session_token"):
            return None
    server = _server(extra)
    credentials = credentials or _keys_in_environment() or _botocore_s()
    if server is None or credentials is None:
        return None
    return _bucket(server, credentials)


def _bucket(server: _Server, credentials: CredentialProvider) -> Bucket | None:
    if not server.endpoint and not (server.region or "").strip():
        return None  # s3fs is redirected to the region of the bucket, which obstore has to know
    region = server.region or _DEFAULT_REGION
    endpoint = server.endpoint or f"https://s3.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    config = {
        "region": region,
        "endpoint": endpoint,
        "aws_endpoint_url_s3": endpoint,
        "virtual_hosted_style_request": False,
        "skip_signature": False,
        "conditional_put": "etag",
    }
    certificates = None
    if server.certificates:
        with open(server.certificates, "rb") as file:
            certificates = file.read()
    return Bucket(config, credentials, certificates)


# Whose credentials


def _keys_of(connection: Mapping[str, Any], extra: Mapping[str, Any]) -> CredentialProvider | None:
    key, secret = connection.get("login"), connection.get("password")
    if not key or not secret:
        key, secret = extra.get("aws_access_key_id"), extra.get("aws_secret_access_key")
    return _constant(key, secret, extra.get("aws_session_token"))


def _keys_in_environment() -> CredentialProvider | None:
    value = os.environ.get
    if value("AWS_CREDENTIAL_EXPIRATION"):
        return None
    token = value("AWS_SECURITY_TOKEN") or value("AWS_SESSION_TOKEN")
    return _constant(value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"), token)


def _constant(key: str | None, secret: str | None, token: str | None) -> CredentialProvider | None:
    return constant(access_key_id=key, secret_access_key=secret, token=token or None) if key and secret else None


def _botocore_s() -> CredentialProvider | None:
    """Return the credentials of a profile, a role or an instance."""
    session = _session()
    found = None if session is None else session.get_credentials()
    return None if found is None else _Renewed(found)


class _Renewed:
    """Credentials that botocore renews. (obstore's own adapter needs boto3, which s3fs does without.)"""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self) -> Mapping[str, Any]:
        now = self._credentials.get_frozen_credentials()
        return {
            "access_key_id": now.access_key,
            "secret_access_key": now.secret_key,
            "token": now.token,
            "expires_at": datetime.now(timezone.utc) + _ASKED_AGAIN_AFTER,
        }


# Which server


def _server(extra: Mapping[str, Any]) -> _Server | None:
    if any(map(os.environ.get, _PROFILES)) or any(map(_is_there, _FILES)):
        return _configured_server(extra)
    value = os.environ.get
    endpoint = None if is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") else _endpoint_in_environment()
    return _Server(
        extra.get("region_name") or value("AWS_DEFAULT_REGION") or value("AWS_REGION"),
        extra.get("endpoint_url") or endpoint,
        certificates=value("AWS_CA_BUNDLE"),
    )


def _endpoint_in_environment() -> str | None:
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")


def _is_there(variable: str) -> bool:
    return os.path.exists(os.path.expanduser(os.environ.get(variable) or _FILES[variable]))


def _configured_server(extra: Mapping[str, Any]) -> _Server | None:
    """Return what a client of botocore's would talk to, after all that its configuration files say."""
    session = _session()
    if session is None:
        return None
    client = session.create_client(
        "s3", region_name=extra.get("region_name"), endpoint_url=extra.get("endpoint_url"), **_NO_KEYS
    )
    style = dict(client.meta.config.s3 or {})
    if style.pop("addressing_style", "auto") == "virtual" or style:
        return None
    region = client.meta.region_name
    if region == "aws-global":  # none is configured
        region = os.environ.get("AWS_REGION")
        return _Server(region, None) if region else None
    return _Server(region, client.meta.endpoint_url, certificates=session.get_config_variable("ca_bundle"))


_NO_KEYS = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
"""The client is asked for its endpoint alone; so nobody looks for credentials."""


def _session() -> Session | None:
    try:
        from botocore.session import Session  # a fifth of a second, which keys in the environment save
    except ImportError:
        return None
    return Session()
