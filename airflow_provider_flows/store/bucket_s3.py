"""The server and the identity of an S3 bucket, the same ones that s3fs takes. Any process.

Keys and endpoints in environment variables are taken as they are. Where there are profiles, configuration files or
roles, botocore is asked, as s3fs does.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Mapping

from airflow_provider_flows.store.bucket import Bucket, CredentialProvider, LeftToFsspec, constant, is_on

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
    certificates: str | None
    """The path of a file."""


def find(connection: Mapping[str, Any] | None, extra: Mapping[str, Any]) -> Bucket:
    """Return what opens a bucket for the environment, or for the fields of a connection; LeftToFsspec."""
    for variable in _ONLY_BOTOCORE:
        if is_on(variable):
            raise LeftToFsspec(f"{variable} is set")
    credentials = None if connection is None else _keys_of(connection, extra)
    return _bucket(_server(extra), credentials or _keys_in_environment() or _botocore_s())


def _bucket(server: _Server, credentials: CredentialProvider) -> Bucket:
    if not server.endpoint and not server.region:  # s3fs is redirected to the region of the bucket
        raise LeftToFsspec("no region is set. Set AWS_DEFAULT_REGION to that of the bucket")
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
    """Return the keys of a connection; None where it has none, and means those of the environment."""
    if connection.get("conn_type") != "aws":
        raise LeftToFsspec(f"the connection is of the type {connection.get('conn_type')}, not aws")
    more = sorted(set(extra) - _PLAIN)
    if more:
        raise LeftToFsspec(f"the connection has {', '.join(more)} in its extra")
    key, secret, token = connection.get("login"), connection.get("password"), extra.get("aws_session_token")
    if not key or not secret:
        key, secret = extra.get("aws_access_key_id"), extra.get("aws_secret_access_key")
    if token and not (key and secret):
        raise LeftToFsspec("the connection has a session token and no keys")
    return _constant(key, secret, token)


def _keys_in_environment() -> CredentialProvider | None:
    value = os.environ.get
    if value("AWS_CREDENTIAL_EXPIRATION"):
        return None
    token = value("AWS_SECURITY_TOKEN") or value("AWS_SESSION_TOKEN")
    return _constant(value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"), token)


def _constant(key: str | None, secret: str | None, token: str | None) -> CredentialProvider | None:
    return constant(access_key_id=key, secret_access_key=secret, token=token or None) if key and secret else None


def _botocore_s() -> CredentialProvider:
    """Return the credentials of a profile, a role or an instance."""
    found = _session().get_credentials()
    if found is None:
        raise LeftToFsspec("there are no credentials")
    return _Renewed(found)


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


def _server(extra: Mapping[str, Any]) -> _Server:
    if any(map(os.environ.get, _PROFILES)) or any(map(_is_there, _FILES)):
        return _configured_server(extra)
    value = os.environ.get
    endpoint = None if is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") else _endpoint_in_environment()
    return _Server(
        extra.get("region_name") or value("AWS_DEFAULT_REGION") or value("AWS_REGION"),
        extra.get("endpoint_url") or endpoint,
        value("AWS_CA_BUNDLE"),
    )


def _endpoint_in_environment() -> str | None:
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")


def _is_there(variable: str) -> bool:
    return os.path.exists(os.path.expanduser(os.environ.get(variable) or _FILES[variable]))


def _configured_server(extra: Mapping[str, Any]) -> _Server:
    """Return what a client of botocore's would talk to, after all that its configuration files say."""
    session = _session()
    client = session.create_client(
        "s3", region_name=extra.get("region_name"), endpoint_url=extra.get("endpoint_url"), **_NO_KEYS
    )
    style = dict(client.meta.config.s3 or {})
    if style.pop("addressing_style", "auto") == "virtual" or style:
        raise LeftToFsspec("the AWS profile has settings for S3 that only botocore understands")
    certificates = session.get_config_variable("ca_bundle")
    if client.meta.region_name == "aws-global":  # none is configured
        return _Server(os.environ.get("AWS_REGION"), None, certificates)
    return _Server(client.meta.region_name, client.meta.endpoint_url, certificates)


_NO_KEYS = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
"""The client is asked for its endpoint alone; so nobody looks for credentials."""


def _session() -> Session:
    try:
        from botocore.session import Session  # a fifth of a second, which keys in the environment save
    except ImportError:
        raise LeftToFsspec(
            "botocore, which would look for credentials in profiles and roles, is not installed. Install boto3, or set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ) from None
    return Session()
