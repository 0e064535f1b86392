"""Where a reply may lead: not into this network, not to other schemes, and never with credentials to another host."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from reelmake.errors import Astray, LocalTool, Transient
from reelmake.model.http import Auth, Request, Response
from reelmake.wire import places
from tests.wire.loopback import Loopback, redirect, reply
from tests.wire.talk import SECRET, said

INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "192.0.0.192", "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::",
    "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1",
    "2001:db8::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_this_network(address: str) -> None:
    assert not places.public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet(address: str) -> None:
    assert places.public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/x", "http://localhost:{port}/x", "http://[::1]:{port}/x", "http://2130706433:{port}/x",
        "http://0x7f.1:{port}/x", "http://127.1:{port}/x", "http://0:{port}/x", "http://[::ffff:127.0.0.1]:{port}/x",
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://user:pass@127.0.0.1:{port}/x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["redirect", "link"])
def test_a_way_into_this_network_is_not_taken(url: str, way: str) -> None:
    async def go() -> None:
        async with (
            Loopback(reply(200, b"inside")) as inside,
            Loopback(redirect(url.format(port=inside.port))) as vendor,
        ):
            place = url.format(port=inside.port)
            request = Request("GET", "/v") if way == "redirect" else Request("GET", place, open=True)
            told = await said(vendor.url, request)
            assert type(told) is Astray
            assert told.code == "RM961"
            assert "allow_private" in str(told)
            assert "pass" not in str(told)
            assert inside.connections == 0

    asyncio.run(go())


def test_it_is_taken_where_the_storyboard_allows_it() -> None:
    async def go() -> None:
        async with Loopback(reply(200, b"inside")) as inside, Loopback(redirect(inside.url)) as vendor:
            got = await said(vendor.url, Request("GET", "/v"), allow_private=True)
            assert isinstance(got, Response)
            assert got.body == b"inside"

    asyncio.run(go())


def test_the_provider_itself_may_be_inside_and_lead_to_itself() -> None:
    async def go() -> None:
        async with Loopback(redirect("/v/2"), redirect("../3"), reply(200, b"here")) as vendor:
            got = await said(vendor.url, Request("GET", "/v/1"))
            assert isinstance(got, Response)
            assert got.body == b"here"
            assert [a.target for a in vendor.asked] == ["/v/1", "/v/2", "/3"]
            assert {a.headers["authorization"] for a in vendor.asked} == {f"Bearer {SECRET}"}

    asyncio.run(go())


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ftp://example.org/x", "gopher://x", "data:,x", "javascript:1"]
)
@pytest.mark.parametrize("way", ["redirect", "link"])
def test_only_http(place: str, way: str) -> None:
    async def go() -> None:
        async with Loopback(redirect(place)) as vendor:
            request = (
                Request("GET", "/v") if way == "redirect" or "://" not in place else Request("GET", place, open=True)
            )
            told = await said(vendor.url, request, allow_private=True)
            assert type(told) is Astray

    asyncio.run(go())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("auth", [Auth(), Auth("api-key", ""), Auth("X-Api-Key", "Key ")], ids=lambda a: a.header)
def test_credentials_stay_at_home(status: int, auth: Auth) -> None:
    """Not to another host, and not even home again once the way led elsewhere."""

    async def go() -> None:
        async with Loopback(reply()) as vendor, Loopback(reply()) as other:
            vendor.acts = (redirect(f"{other.url}/signed?sig=abc", status), reply(200, b"back"))
            other.acts = (redirect(f"{vendor.url}/back", status),)
            got = await said(vendor.url, Request("GET", "/v"), auth=auth, allow_private=True)
            assert isinstance(got, Response)
            assert got.body == b"back"
            first, back = vendor.asked
            assert first.headers[auth.header.lower()] == auth.prefix + SECRET
            assert SECRET not in str(other.asked) + str(back)
            assert other.asked[0].target == "/signed?sig=abc"

    asyncio.run(go())


def test_no_credentials_with_an_open_request_or_to_an_absolute_address_elsewhere() -> None:
    async def go() -> None:
        async with Loopback(reply()) as vendor, Loopback(reply()) as other:
            await said(vendor.url, Request("GET", f"{vendor.url}/a", open=True))
            await said(vendor.url, Request("GET", f"{other.url}/b"), allow_private=True)
            await said(vendor.url, Request("POST", f"{other.url}/c", json={}, paid=True), allow_private=True)
            await said(vendor.url, Request("GET", vendor.url.replace("127.0.0.1", "localhost")), allow_private=True)
            await said(vendor.url, Request("GET", f"{vendor.url}/d"))
            assert SECRET not in str(other.asked) + str(vendor.asked[:-1])
            assert SECRET in str(vendor.asked[-1])

    asyncio.run(go())


def test_an_order_is_not_redirected() -> None:
    async def go() -> None:
        async with Loopback(redirect("/v2", 308)) as vendor:
            got = await said(vendor.url, Request("POST", "/v", json={}, paid=True))
            assert isinstance(got, Response)
            assert (got.status, got.headers["location"], len(vendor.asked)) == (308, "/v2", 1)

    asyncio.run(go())


@pytest.mark.parametrize(("hops", "arrives"), [(10, True), (11, False)])
def test_redirects_are_counted(hops: int, arrives: bool) -> None:
    async def go() -> None:
        async with Loopback(*[redirect("/again")] * hops, reply()) as vendor:
            got = await said(vendor.url, Request("GET", "/v"))
            assert isinstance(got, Response) if arrives else type(got) is Transient
            assert len(vendor.asked) == 11

    asyncio.run(go())


def test_a_name_that_changes_its_address_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was looked at; the name is not looked up a second time."""
    lookups: list[str] = []
    looked_at: list[str] = []

    async def resolve(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        lookups.append(host)
        address = "127.0.0.1" if len(lookups) == 1 else "127.0.0.66"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def public(address: str) -> bool:
        looked_at.append(address)
        return True

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", resolve)
    monkeypatch.setattr(places, "public", public)

    async def go() -> None:
        async with Loopback(reply(200, b"the one we saw")) as server:
            got = await said(
                "http://127.0.0.2:1", Request("GET", f"http://clips.test:{server.port}/x?sig=1", open=True)
            )
            assert isinstance(got, Response)
            assert got.body == b"the one we saw"
            assert server.asked[0].headers["host"] == f"clips.test:{server.port}"
            assert got.url == f"http://clips.test:{server.port}/x?sig=1"
            assert lookups == ["clips.test"]
            assert looked_at == ["127.0.0.1"]

    asyncio.run(go())


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    monkeypatch.setattr(places, "addresses", resolve)


def test_every_address_of_a_name_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.215.14", "10.0.0.1")

    told = asyncio.run(said("https://api.example", Request("GET", "https://cdn.example/x", open=True)))

    assert type(told) is Astray
    assert "10.0.0.1" in str(told)


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.77", "127.0.0.1")
    monkeypatch.setattr(places, "public", lambda address: True)

    async def go() -> None:
        async with Loopback(reply()) as server:  # listens on 127.0.0.1 alone
            got = await said("https://api.example", Request("GET", f"http://cdn.test:{server.port}/", open=True))
            assert isinstance(got, Response)

    asyncio.run(go())


@pytest.mark.parametrize("name", ["cdn.test", "other.test"])
def test_the_certificate_must_be_that_of_the_name(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Connected by address, yet greeted and checked by name."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    resolving(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(places, "public", lambda address: True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("cdn.test").configure_cert(context)

    async def go() -> None:
        async with Loopback(reply(), tls=context) as server:
            got = await said("https://api.example", Request("GET", f"https://{name}:{server.port}/", open=True))
            if name == "cdn.test":
                assert isinstance(got, Response)
            else:
                assert type(got) is Transient
                assert "not sent" in str(got)
                assert server.asked == []

    asyncio.run(go())


def test_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks names up itself; what it is asked for is looked at all the same."""

    async def go() -> None:
        async with Loopback(reply(200, b"by proxy")) as proxy:
            monkeypatch.setenv("http_proxy", proxy.url)
            monkeypatch.delenv("no_proxy", raising=False)
            got = await said("http://api.example/v1", Request("POST", "/v", json={}, paid=True))
            assert isinstance(got, Response)
            assert proxy.asked[0].target == "http://api.example/v1/v"
            resolving(monkeypatch, "93.184.215.14")
            got = await said("http://api.example", Request("GET", "http://cdn.example/x", open=True))
            assert isinstance(got, Response)
            assert proxy.asked[1].target == "http://cdn.example/x"
            resolving(monkeypatch, "10.0.0.1")
            assert type(await said("http://api.example", Request("GET", "http://cdn.example/x", open=True))) is Astray
            assert len(proxy.asked) == 2

    asyncio.run(go())


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificates_that_cannot_be_read(
    content: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if content:
        (tmp_path / "ca.pem").write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

    told = asyncio.run(said("https://api.example", Request("POST", "/v", json={}, paid=True)))

    assert type(told) is LocalTool
    assert "SSL_CERT_FILE" in str(told)


def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "nonsense://me:password@proxy")

    told = asyncio.run(said("http://api.example", Request("POST", "/v", json={}, paid=True)))

    assert type(told) is LocalTool
    assert "password" not in str(told)
