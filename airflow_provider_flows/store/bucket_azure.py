"""The server and the identity of a container in Azure, the same ones that adlfs takes. Any process."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Mapping

from airflow_provider_flows.store.bucket import Bucket, CredentialProvider, constant, is_on

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_SCOPE = "https://storage.azure.com/.default"
_VARIABLES = {
    "account_name": "AZURE_STORAGE_ACCOUNT_NAME",
    "account_key": "AZURE_STORAGE_ACCOUNT_KEY",
    "connection_string": "AZURE_STORAGE_CONNECTION_STRING",
    "sas_token": "AZURE_STORAGE_SAS_TOKEN",
    "client_id": "AZURE_STORAGE_CLIENT_ID",
    "client_secret": "AZURE_STORAGE_CLIENT_SECRET",
    "tenant_id": "AZURE_STORAGE_TENANT_ID",
}
_PLAIN = {"account_name", "account_key", "connection_string", "sas_token"}
"""What may be in the extra of a connection that is opened without its provider."""


def find(connection: Mapping[str, Any] | None, extra: Mapping[str, Any]) -> Bucket | None:
    """Return what opens a container for the environment, or for the fields of a connection; None if only adlfs can."""
    environment = {name: os.environ[variable] for name, variable in _VARIABLES.items() if os.environ.get(variable)}
    if is_on("AZURE_STORAGE_ANON"):
        return None
    if connection is None:
        return _find(environment)
    fields = _fields(connection, extra)
    # adlfs would add what the environment has to what the connection lacks.
    return None if environment or fields is None else _find(fields, default=False)


def _fields(connection: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a connection says, in adlfs's words; None where it says more than that."""
    prefix = f"extra__{connection.get('conn_type')}__"
    fields = {name.replace(prefix, "", 1): value for name, value in extra.items() if value not in (None, "")}
    if set(fields) - _PLAIN:
        return None
    if connection.get("password"):
        fields.setdefault("account_key", connection["password"])
    return fields


def _find(fields: Mapping[str, str], *, default: bool = True) -> Bucket | None:
    """Take the first that adlfs takes: a connection string, a key, a signature, a principal, the default identity."""
    if "connection_string" in fields:
        return _of_connection_string(fields["connection_string"])
    account = fields.get("account_name")
    if account is None:
        return None
    endpoint = f"https://{account}.blob.core.windows.net"
    credentials: CredentialProvider | None
    if "account_key" in fields:
        credentials = constant(access_key=fields["account_key"])
    elif "sas_token" in fields:
        credentials = constant(sas_token=fields["sas_token"].lstrip("?"))
    else:
        credentials = _of_identity(fields) if default else None
    return None if credentials is None else _bucket(account, endpoint, credentials)


def _of_connection_string(text: str) -> Bucket | None:
    parts = dict(part.split("=", 1) for part in text.strip().rstrip(";").split(";") if "=" in part)
    account, key, signature = (parts.get(name) for name in ("AccountName", "AccountKey", "SharedAccessSignature"))
    suffix = parts.get("EndpointSuffix", "core.windows.net")
    endpoint = parts.get("BlobEndpoint")
    if not account or not (key or signature):
        return None
    endpoint = endpoint or f"{parts.get('DefaultEndpointsProtocol', 'https')}://{account}.blob.{suffix}"
    return _bucket(account, endpoint, constant(access_key=key) if key else constant(sas_token=signature))


def _bucket(account: str, endpoint: str, credentials: CredentialProvider) -> Bucket:
    config = {
        "account_name": account,
        "endpoint": endpoint.rstrip("/"),
        "use_emulator": False,
        "use_fabric_endpoint": False,
        "skip_signature": False,
    }
    return Bucket(config, credentials)


def _of_identity(fields: Mapping[str, str]) -> CredentialProvider | None:
    try:
        from azure.identity import ClientSecretCredential, DefaultAzureCredential  # a tenth of a second
    except ImportError:
        return None
    if "client_id" in fields:
        principal = [fields.get(name) for name in ("tenant_id", "client_id", "client_secret")]
        return _Token(ClientSecretCredential(*principal)) if all(principal) else None
    return _Token(DefaultAzureCredential())


class _Token:
    """Tokens of azure-identity, which renews them."""

    def __init__(self, credential: TokenCredential) -> None:
        self._credential = credential

    def __call__(self) -> Mapping[str, Any]:
        token = self._credential.get_token(_SCOPE)
        return {"token": token.token, "expires_at": datetime.fromtimestamp(token.expires_on, timezone.utc)}
