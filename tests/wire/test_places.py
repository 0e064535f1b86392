"""Where a reply may lead: not into this network, not to other schemes, and never with credentials to another host."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from reelmake.errors import Ambiguous, Astray, LocalTool, Transient
from reelmake.model.http import Auth, Request, Response
from reelmake.wire import line, reach
from tests.wire.loopback import Loopback, redirect, reply
from tests.wire.talk import SECRET, provider, said

# Every block of the special-purpose registries of IANA by its first and last address, and what lies beside it.
INSIDE = [
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "100.100.100.200",
    "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0",
    "192.0.0.9", "192.0.0.10", "192.0.0.192", "192.0.0.255", "192.0.2.1", "192.88.99.1", "192.168.0.0",
    "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
    "240.0.0.0", "255.255.255.254", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::2", "fe80::1", "fe80::1%eth0", "fec0::1", "feff::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "100::1", "100:0:0:1::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1",
    "3fff:fff::1", "4000::1", "5f00::1", "8000::1", "e000::1", "1fff::1",
    # addresses of IPv4 in other clothes
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8", "::127.0.0.1", "::8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "64:ff9b:1::808:808",
    "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "2001:0:7f00:1::", "2606:4700::5efe:10.0.0.1",
    "2606:4700::200:5efe:127.0.0.1",
]  # fmt: skip
OUTSIDE = [
    "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.169.0.0", "198.17.255.255", "198.20.0.0",
    "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "2620:fe::fe", "3ffe::1",
    "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "2606:4700::5efe:8.8.8.8",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_this_network(address: str) -> None:
    assert not reach.public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet(address: str) -> None:
    assert reach.public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/x", "http://localhost:{port}/x", "http://[::1]:{port}/x", "http://2130706433:{port}/x",
        "http://0x7f.1:{port}/x", "http://127.1:{port}/x", "http://0:{port}/x", "http://[::ffff:127.0.0.1]:{port}/x",
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://user:pass@127.0.0.1:{port}/x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["redirect", "link"])
def test_a_way_into_this_network_is_not_taken(url: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a provider out there: it is behind a proxy, so nobody knows from where it answered."""

    async def go() -> None:
        async with (
            Loopback(reply(200, b"inside")) as inside,
            Loopback(redirect(url.format(port=inside.port))) as proxy,
        ):
            monkeypatch.setenv("http_proxy", proxy.url)
            monkeypatch.delenv("no_proxy", raising=False)
            place = url.format(port=inside.port)
            request = Request("GET", "/v") if way == "redirect" else Request("GET", place, open=True)
            told = await said("http://api.example", request)
            assert type(told) is Astray
            assert told.code == "RM961"
            assert "allow_private" in str(told)
            assert "pass" not in str(told)
            assert inside.connections == 0

    asyncio.run(go())


@pytest.mark.parametrize("way", ["base", "redirect", "link"])
def test_a_name_that_is_none_is_told(way: str) -> None:
    """httpx finds out when the name is shown, and says so in a way of its own."""

    async def go() -> None:
        async with Loopback(redirect("http://xn--zz--/x")) as vendor:
            base = "http://xn--zz--" if way == "base" else vendor.url
            request = Request("GET", "http://xn--zz--/v", open=True) if way == "link" else Request("GET", "/v")
            told = await said(base, request)
            assert type(told) is Astray
            assert "is not the name of a host" in str(told)
            if way == "redirect":
                assert type(await said(base, Request("POST", "/v", paid=True))) is Ambiguous

    asyncio.run(go())


NEAR = [  # from where it answered, and where it may lead
    ("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "::1"), ("::1", "127.8.8.8"), ("127.0.0.1", "::ffff:127.0.0.1"),
    ("127.0.0.1", "0.0.0.0"), ("10.0.0.5", "10.200.1.1"), ("172.16.0.1", "172.31.9.9"), ("192.168.1.5", "192.168.7.7"),
    ("100.64.1.1", "100.100.1.1"), ("fd12:3456:789a::1", "fd12:3456:789a:9::7"), ("169.254.1.1", "169.254.1.1"),
    ("::ffff:10.0.0.5", "10.0.0.6"), ("fe80::1", "fe80::1"),
]  # fmt: skip
FAR = [
    ("8.8.8.8", "127.0.0.1"), ("8.8.8.8", "10.0.0.1"), ("2606:4700::1", "::1"), ("8.8.8.8", "8.8.8.8"),
    ("127.0.0.1", "10.0.0.1"), ("127.0.0.1", "169.254.169.254"), ("10.0.0.5", "127.0.0.1"), ("10.0.0.5", "172.16.0.1"),
    ("10.0.0.5", "192.168.0.1"), ("10.0.0.5", "169.254.169.254"), ("10.0.0.5", "168.63.129.16"),
    ("192.168.1.5", "0.0.0.0"), ("fd12:3456:789a::1", "fd12:3456:789b::1"), ("169.254.1.1", "169.254.169.254"),
    ("fe80::1", "fe80::2"), ("168.63.129.16", "10.0.0.1"), ("", "127.0.0.1"),
]  # fmt: skip


@pytest.mark.parametrize(("home", "address"), NEAR)
def test_a_provider_of_a_network_may_lead_within_it(home: str, address: str) -> None:
    assert reach.near(address, [home])
    assert not reach.near(address, [home, "8.8.8.8"])
    assert not reach.near(address, [home, ""])
    assert not reach.near(address, [])


@pytest.mark.parametrize(("home", "address"), FAR)
def test_and_not_out_of_it(home: str, address: str) -> None:
    assert not reach.near(address, [home])


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "127.1", "127.8.8.8", "0.0.0.0"])
@pytest.mark.parametrize("way", ["redirect", "link", "two hops"])
def test_another_name_of_the_machine_that_the_provider_is_on(name: str, way: str) -> None:
    async def go() -> None:
        async with Loopback(reply(200, b"clip"), host="0.0.0.0") as clips:
            place = f"http://{name}:{clips.port}/x"
            if way == "two hops":
                clips.acts = (redirect(f"http://127.0.0.1:{clips.port}/y"), reply(200, b"clip"))
            async with Loopback(redirect(place)) as vendor, provider(vendor.url) as studio:
                got = await studio.hold(talk(Request("GET", "/v")))
                if way == "link":  # a job has been asked about before its clip is fetched
                    got = await studio.hold(talk(Request("GET", place, open=True)))
                assert got.body == b"clip"
                assert SECRET not in str(clips.asked)

    asyncio.run(go())


def test_a_link_out_and_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is outside leads nowhere inside, even if the provider that led there may."""
    monkeypatch.setattr(reach, "public", lambda address: address == "127.0.0.77")

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.77"] if host == "cdn.example" else ["127.0.0.1"]

    monkeypatch.setattr(reach, "addresses", resolve)

    async def go() -> None:
        async with Loopback(reply(200, b"inside")) as inside, Loopback(reply(), host="127.0.0.77") as cdn:
            cdn.acts = (redirect(f"http://localhost:{inside.port}/x"),)
            async with Loopback(redirect(f"http://cdn.example:{cdn.port}/x")) as vendor:
                assert type(await said(vendor.url, Request("GET", "/v"))) is Astray
                assert (cdn.connections, inside.connections) == (1, 0)

    asyncio.run(go())


def test_before_it_has_answered_a_provider_leads_nowhere_inside() -> None:
    async def go() -> None:
        async with Loopback(reply(200, b"inside")) as inside:
            told = await said("http://127.0.0.1:1", Request("GET", f"{inside.url}/x", open=True))
            assert type(told) is Astray
            assert inside.connections == 0

    asyncio.run(go())


def talk(request: Request) -> Any:
    return (yield request)


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
    monkeypatch.setattr(reach, "public", public)

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
            assert set(looked_at) == {"127.0.0.1"}

    asyncio.run(go())


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    monkeypatch.setattr(reach, "addresses", resolve)


def test_every_address_of_a_name_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.215.14", "10.0.0.1")

    told = asyncio.run(said("https://api.example", Request("GET", "https://cdn.example/x", open=True)))

    assert type(told) is Astray
    assert "10.0.0.1" in str(told)


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.77", "127.0.0.1")
    monkeypatch.setattr(reach, "public", lambda address: True)

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
    monkeypatch.setattr(reach, "public", lambda address: True)
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


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "fe80::1%eth0", "fd00:ec2::254",
     "fd20:ce::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"],
)  # fmt: skip
def test_no_provider_is_where_clouds_tell_secrets(address: str) -> None:
    assert reach.metadata(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "192.168.1.1", "8.8.8.8", "100.64.0.1", "fd00::1", "::1"])
def test_a_provider_may_be_on_a_private_network(address: str) -> None:
    assert not reach.metadata(address)


@pytest.mark.parametrize("private", [False, True])
def test_a_board_cannot_send_us_to_the_metadata(private: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by its address, not by a name, not even if the board allows private networks; and nothing is connected to."""

    async def scene() -> None:
        async with Loopback(reply(200, b"SECRET")) as server:
            for base in ("http://169.254.169.254/v1", f"http://metadata.example:{server.port}/v1"):
                with monkeypatch.context() as patch:
                    if "example" in base:

                        async def found(host: str, port: int) -> list[str]:
                            return ["169.254.169.254"]

                        patch.setattr(reach, "addresses", found)
                    error = await said(base, Request("GET", "/latest/meta-data"), allow_private=private)
                assert isinstance(error, Astray), error
            assert server.asked == []

    asyncio.run(scene())


@pytest.mark.parametrize(("paid", "kind"), [(False, Astray), (True, Ambiguous)])
def test_a_name_that_leads_elsewhere_by_now_tells_nothing(
    paid: bool, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "_answered_from", lambda reply: "169.254.169.254")

    async def scene() -> None:
        async with Loopback(reply(200, b"SECRET")) as server:
            error = await said(server.url, Request("POST" if paid else "GET", "/x", paid=paid))
            assert type(error) is kind
            assert "SECRET" not in str(error)

    asyncio.run(scene())
