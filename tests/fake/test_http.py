"""The fake reads what HTTP/1.1 allows, and ends what is none."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from reelmake_fake.server import FakeServer
from tests.fake.conftest import Serve

HEAD = "GET /v1/videos HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
BODY = b'{"prompt": "A tram.", "size": "64x64"}'
POST = "POST /v1/videos HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\n"


def talk(server: FakeServer, *sent: bytes) -> bytes:
    """All that comes back until the server closes."""
    place = urlsplit(server.base_url)
    assert place.hostname
    assert place.port
    with socket.create_connection((place.hostname, place.port), timeout=20) as line:
        for piece in sent:
            line.sendall(piece)
        line.shutdown(socket.SHUT_WR)
        said = b""
        while piece := line.recv(65536):
            said += piece
    return said


def test_requests_one_after_another_on_one_connection(serve: Serve) -> None:
    server, _ = serve()

    said = talk(server, (HEAD + "\r\n").encode() * 3)

    assert said.count(b"HTTP/1.1 200 OK") == 3


def test_a_body_in_chunks_after_being_asked_for(serve: Serve) -> None:
    server, _ = serve()
    head = POST + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"

    said = talk(
        server, head.encode(), b"9\r\n" + BODY[:9] + b"\r\n", b"%x;a=b\r\n%b\r\n0\r\nT: x\r\n\r\n" % (29, BODY[9:])
    )

    assert said.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert len(server.bill) == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /v1/videos HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET /v1/videos HTTP/1.1\r\n bad : x\r\n\r\n", 400),
        (b"POST /v1/videos HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST /v1/videos HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n", 413),
        (b"POST /v1/videos HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /v1/videos HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"GET / HTTP/1.1\r\nlong: " + b"x" * 70_000 + b"\r\n\r\n", 431),
    ],
)
def test_what_is_not_http_is_told_so_and_ends(serve: Serve, sent: bytes, status: int) -> None:
    server, client = serve()

    assert talk(server, sent).startswith(b"HTTP/1.1 %d " % status)
    assert client.get("/videos").status_code == 200


def test_half_a_request_costs_nothing(serve: Serve) -> None:
    server, client = serve()

    assert talk(server, POST.encode() + b"Content-Length: 1000\r\n\r\n" + BODY) == b""
    assert talk(server, b"POST /v1/vid") == b""
    assert client.get("/videos").json()["data"] == []
    assert server.bill == []


@pytest.mark.parametrize("head", [HEAD.replace("1.1", "1.0"), HEAD + "Connection: close\r\n"])
def test_who_wants_one_answer_gets_one(serve: Serve, head: str) -> None:
    server, _ = serve()

    said = talk(server, head.encode() + b"\r\n" + HEAD.encode() + b"\r\n")

    assert said.count(b"HTTP/1.1 200 OK") == 1
    assert b"connection: close" in said
