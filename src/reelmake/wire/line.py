"""The line to one provider: sends one request, follows where it may, and says what a failure means for money.

What is paid goes out on a connection of its own, once: an old connection may be closed by the other side at the very
moment we use it, and nobody could tell whether the order arrived. What fails before the first byte was not sent; what
fails after it is Ambiguous if it was paid, and Transient if it was not. Credentials go to the origin of `base_url`
only, and a secret only if that is the one it is for. Knows nothing of what is asked or answered.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from typing import Literal
from urllib.parse import urlencode
from urllib.request import getproxies, proxy_bypass

import httpx

from reelmake import __version__
from reelmake.errors import Ambiguous, Astray, LocalTool, Transient
from reelmake.model.http import LARGEST, Auth, Carriage, Request, Response, Secret, origin
from reelmake.records import dataclass
from reelmake.wire import reach
from reelmake.wire.body import Body, encode
from reelmake.wire.credentials import Credentials
from reelmake.wire.pieces import Undecodable, pieces

HOPS = 10  # redirects in a row
SLOWEST = 16 << 10  # bytes a second at which a request may still go out
_MOVED = (301, 302, 303, 307, 308)
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Line:
    """`name`: the provider's, for messages. A user name and password in `base_url` are sent. Raises ValueError for a
    secret that is for another origin than that of `base_url`."""

    def __init__(self, name: str, base_url: str, auth: Auth, secret: Secret, carriage: Carriage) -> None:
        self._name, self._carriage = name, carriage
        try:
            base = httpx.URL(base_url)
        except httpx.InvalidURL:
            base = httpx.URL()
        self._base = base.copy_with(username=None, password=None)
        if secret.text and origin(str(self._base)) != secret.origin:
            raise ValueError(f"a secret for {secret.origin or 'no origin'} does not go to {self._base}")
        self._credentials = Credentials(base, auth, secret.text)
        self.secrets = self._credentials.secrets
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._homes: set[str] = set()  # addresses from which the provider itself has answered
        self._trust: ssl.SSLContext | None = None
        self._proxies = getproxies()  # as the environment names them now: clients read them once, too

    async def close(self) -> None:
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    async def send(self, request: Request) -> Response:
        """One answer with its body. Raises Transient, LocalTool, and Ambiguous if it is paid."""
        async with self.ask(request) as reply:
            return await self.read(reply, most=request.most)

    @asynccontextmanager
    async def ask(self, request: Request, more: Mapping[str, str] | None = None) -> AsyncIterator[httpx.Response]:
        """The answer with its body still to be read, at the end of all redirects. `more`: headers. Raises as `send`
        does, also for what goes wrong while the body is read."""
        with ExitStack() as files, self._classed(request):
            holds = bool(request.form) or request.json is not None or request.raw is not None
            sent = await asyncio.to_thread(encode, request, files) if holds else Body()
            usual = {"accept": "*/*" if request.save else "application/json"}
            said = {name.lower(): value for name, value in request.headers.items()}
            headers = {**usual, **sent.pop("headers", {}), **said, **(more or {})}
            credentials = self._credentials.headers(time.time())
            for name, value in (headers | credentials).items():
                if not (name + value).isascii() or not (name + value).isprintable():
                    raise LocalTool(f"{self._name}: the header {name} holds characters that cannot be sent")
            url, home, inside = self._url(request), not request.open, True
            for _ in range(HOPS + 1):
                home = home and _origin(url) == _origin(self._base)  # once away, always away: the way back may be laid
                targets = await self._targets(url, self._homes if inside else set())
                inside = inside and not any(target.public for target in targets)  # who is outside leads nowhere inside
                reply = await self._once(request, url, targets, headers | (credentials if home else {}), sent)
                try:
                    if not self._proxied(url):  # a name may lead elsewhere by now
                        self._barred(url, [_answered_from(reply)], sent=request.paid)
                    place = reply.headers.get("location")
                    if reply.status_code not in _MOVED or not place or request.paid or request.method != "GET":
                        yield reply
                        return
                    url = url.join(place)
                finally:
                    await reply.aclose()
        raise Transient(f"{self._name}: more than {HOPS} redirects in a row")

    async def read(
        self, reply: httpx.Response, body: AsyncIterator[bytes] | None = None, most: int = LARGEST
    ) -> Response:
        """The whole answer: the body up to `most` bytes, and what could be read of it if it cannot be decoded. `body`:
        its pieces, where some of them were looked at already."""
        at, content = time.time(), bytearray()
        try:
            async with asyncio.timeout(self._carriage.create_timeout):
                async for piece in body or pieces(reply):
                    content += piece
                    if len(content) >= most:
                        break
        except Undecodable:
            pass  # garbage: what could be read of it says enough
        except (httpx.TransportError, TimeoutError):
            if not 400 <= reply.status_code < 500:  # a refusal is one even if its text is cut off
                raise
        return plain(reply, bytes(content[:most]), at)

    async def _targets(self, url: httpx.URL, homes: Collection[str]) -> list[_Target]:
        """Where to connect, in turn. Links out of replies go to addresses that were looked at, and to no other; those
        that answered from `homes` may lead to where they are."""
        try:
            host = url.host
        except UnicodeError:  # a name in Punycode that stands for none
            raise Astray(f"{self._name}: {url.raw_host.decode()} is not the name of a host") from None
        if url.scheme not in ("http", "https") or not host or not 0 < (url.port or 1) < 1 << 16:
            raise Astray(f"{self._name}: {url.scheme}://{host} is not a usable address")
        if _origin(url) == _origin(self._base):
            if not self._homes and not self._proxied(url):
                await self._cleared(url)
            return [_Target(url, "home")]
        if self._carriage.allow_private:
            return [_Target(url, "fresh")]
        found = await self._looked_at(url, homes)
        outside = any(map(reach.public, found))
        if self._proxied(url):  # a proxy looks the name up again: all that can be done is to look first
            return [_Target(url, "fresh", outside)]
        return [_Target(url.copy_with(host=address), "direct", outside) for address in found]

    async def _once(
        self,
        request: Request,
        url: httpx.URL,
        targets: Sequence[_Target],
        headers: Mapping[str, str],
        sent: Body,
    ) -> httpx.Response:
        """One request to one place."""
        connect = self._carriage.connect_timeout
        read = self._carriage.create_timeout if request.paid else self._carriage.read_timeout
        patience, at_home = httpx.Timeout(read, connect=connect), "fresh" if request.paid else "kept"
        for target in targets:
            direct = target.way == "direct"
            client = self._client(at_home if target.way == "home" else target.way)
            made = client.build_request(
                request.method,
                target.url,
                content=sent.get("content"),
                files=sent.get("files"),
                headers={**headers, "host": url.netloc.decode()} if direct else headers,
                extensions={"sni_hostname": url.host} if direct else None,
                timeout=patience,
            )
            size = int(made.headers.get("content-length", 0))
            try:
                async with asyncio.timeout(connect + 2 * read + size / SLOWEST):  # someone may answer bit by bit
                    reply = await client.send(made, stream=True)
            except _NOT_SENT:
                if target is targets[-1]:
                    raise
            else:
                made.url = url  # replies are known by the name that was asked for, not by its address
                if target.way == "home":
                    self._homes.add("" if self._proxied(url) else _answered_from(reply))
                return reply
        raise AssertionError("a name has at least one address")

    async def _cleared(self, url: httpx.URL) -> None:
        """Raises Astray if a provider is where none can be. A name that has no address is told by whoever connects."""
        with suppress(OSError, UnicodeError):
            self._barred(url, await self._addresses(url))

    def _barred(self, url: httpx.URL, found: Collection[str], *, sent: bool = False) -> None:
        """`sent`: an order is there already, whatever it may be worth."""
        if address := next((each for each in found if each and reach.metadata(each)), ""):
            said = f"{self._name}: {url.host} is {address}, where clouds hand out secrets; no provider is there"
            raise Ambiguous(said) if sent else Astray(said)

    async def _addresses(self, url: httpx.URL) -> list[str]:
        async with asyncio.timeout(self._carriage.connect_timeout):
            return await reach.addresses(url.host, url.port or (443 if url.scheme == "https" else 80))

    async def _looked_at(self, url: httpx.URL, homes: Collection[str]) -> list[str]:
        try:
            found = await self._addresses(url)
        except (OSError, UnicodeError):  # TimeoutError is one
            raise Transient(f"{self._name}: not sent: {url.host} cannot be resolved") from None
        for address in found:
            if not reach.public(address) and not reach.near(address, homes):
                which = f"{url.host}, which is {address}," if url.host != address else f"{address},"
                raise Astray(
                    f"{self._name}: a reply leads to {which} an address of this machine or its network. "
                    "If that is right, set `options: {allow_private: true}` on this provider"
                )
        return found

    def _url(self, request: Request) -> httpx.URL:
        base, own = self._base, request.url
        if "://" in own:
            url = httpx.URL(own)
            more = urlencode(request.query)
        else:
            path, _, asked = own.partition("?")
            origin = f"{base.scheme}://{base.netloc.decode()}{base.raw_path.decode().partition('?')[0].rstrip('/')}"
            url = httpx.URL(f"{origin}/{path.lstrip('/')}" + (f"?{asked}" if asked else ""))
            more = "&".join(filter(None, (base.query.decode(), urlencode(request.query))))
        if more:
            url = url.copy_with(query="&".join(filter(None, (url.query.decode(), more))).encode())
        return url

    def _proxied(self, url: httpx.URL) -> bool:
        return bool(self._proxies.get(url.scheme) or self._proxies.get("all")) and not proxy_bypass(url.host)

    def _client(self, kind: str) -> httpx.AsyncClient:
        """kept: connections are used again. fresh: never. direct: fresh, and past every proxy."""
        if kind not in self._clients:
            kept = httpx.Limits(max_connections=100, max_keepalive_connections=20)
            once = httpx.Limits(max_connections=None, max_keepalive_connections=0)
            try:
                self._trust = self._trust or httpx.create_ssl_context()
            except OSError as error:
                raise LocalTool(f"the certificates of SSL_CERT_FILE or SSL_CERT_DIR cannot be read: {error}") from None
            try:
                self._clients[kind] = httpx.AsyncClient(
                    verify=self._trust,
                    limits=kept if kind == "kept" else once,
                    trust_env=kind != "direct",
                    headers={"user-agent": f"reelmake/{__version__}", "accept-encoding": "gzip, deflate"},
                )
            except (ImportError, ValueError, httpx.InvalidURL) as error:
                raise LocalTool(f"the proxy that the environment names cannot be used: {error}") from None
        return self._clients[kind]

    @contextmanager
    def _classed(self, request: Request) -> Iterator[None]:
        where = self._base.netloc.decode() if "://" not in request.url else "the address"
        try:
            yield
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Astray(f"{self._name}: not a usable address: {error}") from None
        except UnicodeError as error:  # httpx looks at where a reply would lead, when it has it
            said = f"{self._name}: a reply names something that is not the name of a host ({error})"
            raise (Ambiguous(said) if request.paid else Astray(said)) from None
        except _NOT_SENT as error:
            raise Transient(f"{self._name}: not sent: no connection to {where}{_why(error)}") from None
        except (httpx.RequestError, OSError) as error:
            slow = isinstance(error, httpx.TimeoutException | TimeoutError)
            broke = f"the connection to {where} broke before the answer was complete{_why(error)}"
            said = f"{self._name}: {f'no answer from {where} in time' if slow else broke}"
            raise (Ambiguous(said, slow=slow) if request.paid else Transient(said)) from None


@dataclass(frozen=True, slots=True)
class _Target:
    """One place to connect to. `way`: home = where the provider is; fresh = as it is named; direct = an address that
    was looked at. `public`: it may be one of the internet."""

    url: httpx.URL
    way: Literal["home", "fresh", "direct"]
    public: bool = False


def _answered_from(reply: httpx.Response) -> str:
    """The address at the other end; "" if nobody knows."""
    stream = reply.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    return str(peer[0]) if peer else ""


def plain(reply: httpx.Response, content: bytes, at: float) -> Response:
    """A reply of httpx as the model's."""
    return Response(reply.status_code, dict(reply.headers), content, at, str(reply.url))


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _why(error: Exception) -> str:
    return f" ({error})" if str(error) else ""
