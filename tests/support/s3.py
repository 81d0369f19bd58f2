"""A real S3 server on loopback that says whose requests came, and takes none but those of the keys it knows."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

SECRET = "not-so-secret"
_KEY = re.compile(r"Credential=([^/]+)/")


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Trouble:
    """An answer that is an error; `done_first` where the request was fulfilled nevertheless."""

    status: str
    code: str
    done_first: bool = False


class S3Server:
    """`with S3Server("key") as s3`: up when the block is entered; requests with other keys are rejected (403)."""

    def __init__(self, *keys: str, port: int = 0) -> None:
        self.keys, self.seen = set(keys), set[str]()
        self.trouble: Callable[[dict[str, Any]], Trouble | None] = lambda request: None
        """Says of each request what is to be answered in place of the truth."""
        self.requests: list[str] = []
        """The methods and paths of all that was asked."""
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", port, self._answer, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> S3Server:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def create_bucket(self, name: str) -> None:
        import boto3

        key = sorted(self.keys)[0]
        boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=SECRET,
        ).create_bucket(Bucket=name)

    def connection(self, key: str) -> dict[str, Any]:
        """Return an Airflow connection to this server, which is to present itself with `key`."""
        extra = {"endpoint_url": self.url, "region_name": "us-east-1"}
        return {"conn_type": "aws", "login": key, "password": SECRET, "extra": extra}

    def _answer(self, environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        found = _KEY.search(environ.get("HTTP_AUTHORIZATION", ""))
        key = found[1] if found else ""
        self.seen.add(key)
        self.requests.append(f"{environ['REQUEST_METHOD']} {environ['RAW_URI']}")
        trouble = self.trouble(environ) if key in self.keys else Trouble("403 Forbidden", "AccessDenied")
        if trouble is None or trouble.done_first:
            answer: Iterable[bytes] = self._app(environ, respond if trouble is None else lambda *_: None)
        if trouble is None:
            return answer
        body = f"<Error><Code>{trouble.code}</Code><Message>{trouble.code}.</Message></Error>".encode()
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
        respond(trouble.status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]
