"""The calls of Google's Cloud Storage (its XML API) that obstore makes for clips below 16 MB, in memory, as its
documentation has them. No fake that can be installed answers them: gcp-storage-emulator 2026.7 has no ETag, no
Last-Modified and no list there.

with GCS() as gcs: gcs.env is what a process needs to use it, gcs.objects what is in it
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Kept:
    data: bytes
    generation: int
    meta: dict[str, str]

    @property
    def tag(self) -> str:
        return f'"{md5(self.data).hexdigest()}"'


class GCS:
    """A server with the bucket `films`. `spoiled`: statuses that are answered first, after what was asked is done."""

    def __enter__(self) -> GCS:
        self.objects: dict[str, Kept] = {}
        self.spoiled: list[int] = []
        self._lock, gcs = threading.Lock(), self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its own name)
                pass

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                with gcs._lock:
                    status, headers, said = gcs._answer(self, body)
                self.send_response(status)
                for name, value in {"content-length": str(len(said)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said if self.command != "HEAD" else b"")

            do_GET = do_HEAD = do_PUT = handle_any  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_address[1]}"
        key = {"gcs_base_url": url, "disable_oauth": True, "client_email": "", "private_key": "", "private_key_id": ""}
        self.env = {"GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(key), "REELMAKE_CACHE": "gs://films/team/film"}
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        url = urlsplit(asked.path)
        bucket, _, name = unquote(url.path).lstrip("/").partition("/")
        if bucket != "films":
            return 404, {}, b"<Error><Code>NoSuchBucket</Code></Error>"
        if not name:
            return 200, {}, self._list(parse_qs(url.query)["prefix"][0])
        kept = self.objects.get(name)
        if asked.command == "PUT":
            wanted = asked.headers.get("x-goog-if-generation-match")
            if wanted is not None and int(wanted) != (kept.generation if kept else 0):
                return 412, {}, b"<Error><Code>PreconditionFailed</Code></Error>"
            meta = {
                key.lower(): value for key, value in asked.headers.items() if key.lower().startswith("x-goog-meta-")
            }
            self.objects[name] = kept = Kept(body, len(self.objects) + 1, meta)
            headers, said = {"etag": kept.tag, "x-goog-generation": str(kept.generation)}, b""
            return (self.spoiled.pop() if self.spoiled and "/takes/" in name else 200), headers, said
        if kept is None:
            return 404, {}, b"<Error><Code>NoSuchKey</Code></Error>"
        headers = {
            "etag": kept.tag,
            "x-goog-generation": str(kept.generation),
            "last-modified": formatdate(usegmt=True),
        }
        return 200, {**headers, **kept.meta}, kept.data

    def _list(self, prefix: str) -> bytes:
        each = "<Contents><Key>{}</Key><LastModified>{}</LastModified><Size>{}</Size><ETag>{}</ETag></Contents>"
        at = "2026-12-01T00:00:00Z"
        kept = ((name, kept) for name, kept in self.objects.items() if name.startswith(prefix))
        found = (each.format(escape(name), at, len(one.data), one.tag) for name, one in kept)
        return f"<ListBucketResult>{''.join(found)}</ListBucketResult>".encode()
