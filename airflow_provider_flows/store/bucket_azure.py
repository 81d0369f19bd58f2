"""The server and the identity of a container in Azure, the same ones that adlfs takes. Any process."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Mapping

from airflow_provider_flows.store.bucket import Bucket, CredentialProvider, LeftToFsspec, constant, is_on

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


def find(connection: Mapping[str, Any] | None, extra: Mapping[str, Any]) -> Bucket:
    """Return what opens a container for the environment, or for the fields of a connection; LeftToFsspec."""
    environment = {name: os.environ[variable] for name, variable in _VARIABLES.items() if os.environ.get(variable)}
    if is_on("AZURE_STORAGE_ANON"):
        raise LeftToFsspec("AZURE_STORAGE_ANON is set")
    if connection is None:
        return _find(environment)
    if environment:  # adlfs would add it to what the connection lacks
        raise LeftToFsspec(f"{_VARIABLES[next(iter(environment))]} is set beside the connection")
    return _find(_fields(connection, extra), in_environment=False)


def _fields(connection: Mapping[str, Any], extra: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a connection says, in adlfs's words."""
    prefix = f"extra__{connection.get('conn_type')}__"
    fields = {name.replace(prefix, "", 1): value for name, value in extra.items() if value not in (None, "")}
    more = sorted(set(fields) - _PLAIN)
    if more:
        raise LeftToFsspec(f"the connection has {', '.join(more)} in its extra")
    if connection.get("password"):
        fields.setdefault("account_key", connection["password"])
    return fields


def _find(fields: Mapping[str, str], *, in_environment: bool = True) -> Bucket:
    """Take the first that adlfs takes: a connection string, a key, a signature, a principal, the default identity."""
    if "connection_string" in fields:
        return _of_connection_string(fields["connection_string"])
    account = fields.get("account_name")
    if account is None:
        raise LeftToFsspec("neither a connection string nor the name of an account is given")
    if "account_key" in fields:
        credentials = constant(access_key=fields["account_key"])
    elif "sas_token" in fields:
        credentials = constant(sas_token=fields["sas_token"].lstrip("?"))
    elif in_environment:
        credentials = _of_identity(fields)
    else:
        raise LeftToFsspec("the connection holds neither a key nor a shared access signature")
    return _bucket(account, f"https://{account}.blob.core.windows.net", credentials)


def _of_connection_string(text: str) -> Bucket:
    parts = dict(part.split("=", 1) for part in text.strip().rstrip(";").split(";") if "=" in part)
    account, key, signature = (parts.get(name) for name in ("AccountName", "AccountKey", "SharedAccessSignature"))
    if not account or not (key or signature):
        raise LeftToFsspec("the connection string names no account and key")
    host = f"{account}.blob.{parts.get('EndpointSuffix', 'core.windows.net')}"
    endpoint = parts.get("BlobEndpoint") or f"{parts.get('DefaultEndpointsProtocol', 'https')}://{host}"
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


def _of_identity(fields: Mapping[str, str]) -> CredentialProvider:
    try:
        from azure.identity import ClientSecretCredential, DefaultAzureCredential  # a tenth of a second
    except ImportError:
        raise LeftToFsspec("azure-identity, which looks for credentials, is not installed") from None
    if "client_id" not in fields:
        return _Token(DefaultAzureCredential())
    principal = {name: fields.get(name) for name in ("tenant_id", "client_id", "client_secret")}
    if not all(principal.values()):
        raise LeftToFsspec("AZURE_STORAGE_CLIENT_ID is set without a secret or a tenant")
    return _Token(ClientSecretCredential(**principal))


class _Token:
    """Tokens of azure-identity, which renews them."""

    def __init__(self, credential: TokenCredential) -> None:
        self._credential = credential

    def __call__(self) -> Mapping[str, Any]:
        token = self._credential.get_token(_SCOPE)
        return {"token": token.token, "expires_at": datetime.fromtimestamp(token.expires_on, timezone.utc)}
