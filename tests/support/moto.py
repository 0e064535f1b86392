"""moto's S3 as a process on loopback, with a bucket in it, and a stand-in before it that spoils answers.

with S3() as s3: s3.env is what a command needs to use it, s3.objects() what is in the bucket
"""

from __future__ import annotations

import os
import re
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

BUCKET = "films"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "not-a-secret-9d1c", "AWS_REGION": "us-east-1"}


class S3:
    """A server with one empty bucket; None of this machine's own AWS configuration is read."""

    def __enter__(self) -> S3:
        self.port = _free()
        program = Path(sys.executable).with_name("moto_server")
        self._process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.url = f"http://127.0.0.1:{self.port}"
        _reached(self.port)
        import boto3

        self._client: Any = boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            region_name=KEYS["AWS_REGION"],
        )
        self._client.create_bucket(Bucket=BUCKET)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait()

    @property
    def env(self) -> dict[str, str]:
        return {**KEYS, "AWS_ENDPOINT_URL": self.url, "REELMAKE_CACHE": f"s3://{BUCKET}/team/film"}

    def names(self) -> list[str]:
        listed = self._client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [each["Key"] for each in listed]

    def read(self, name: str) -> bytes:
        data: bytes = self._client.get_object(Bucket=BUCKET, Key=name)["Body"].read()
        return data

    def write(self, name: str, data: bytes) -> None:
        self._client.put_object(Bucket=BUCKET, Key=name, Body=data)

    def publish(self) -> None:
        """From now on everybody may read what is there."""
        self._client.put_bucket_acl(Bucket=BUCKET, ACL="public-read")
        for name in self.names():
            self._client.put_object_acl(Bucket=BUCKET, Key=name, ACL="public-read")

    def remove(self, name: str) -> None:
        self._client.delete_object(Bucket=BUCKET, Key=name)

    def objects(self) -> dict[str, bytes]:
        return {name: self.read(name) for name in self.names()}


@dataclass
class Gate:
    """A server before another one that passes everything on, but for what `spoil` says of a request (method, path,
    how often it was asked): a status to answer, "cut" to break off in the middle of the body, "hang" to say nothing,
    "lost" to break off in the place of an answer, when all is done, "done, and 503" to say that then; None = passed
    on."""

    port_behind: int
    spoil: Callable[[str, str, int], int | str | None] = lambda method, path, times: None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> Gate:
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its own name)
                pass

            def handle_any(self) -> None:
                gate._answer(self)

            do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = handle_any  # noqa: N815

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self._server: socketserver.TCPServer = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._closing = threading.Event()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = re.sub(r"\?.*", "", handler.path)
        self.asked.append((handler.command, path))
        length = int(handler.headers.get("content-length") or 0)
        body = handler.rfile.read(length)
        what = self.spoil(handler.command, path, self.asked.count((handler.command, path)))
        if what == "hang":
            self._closing.wait(60)
            handler.close_connection = True
            return
        if isinstance(what, int):
            handler.send_response(what)
            handler.send_header("content-length", "0")
            handler.end_headers()
            return
        behind = HTTPConnection("127.0.0.1", self.port_behind)
        behind.request(handler.command, handler.path, body, dict(handler.headers))
        reply = behind.getresponse()
        data = reply.read()
        if what == "lost":
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        if what == "done, and 503":
            handler.send_error(503)
            return
        handler.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                handler.send_header(name, value)
        handler.end_headers()
        if what == "cut":
            handler.wfile.write(data[: len(data) // 2])
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
        elif handler.command != "HEAD":
            handler.wfile.write(data)
        behind.close()


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _reached(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nobody listens at {port}; {os.getpid()}")
