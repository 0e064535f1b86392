"""The nodes of a vendor's file, whose form was checked, to the parts of a Vendor. Checks nothing.

What stands where in the file is in schemas/provider-1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import cast

from reelmake.compile.models import read_models
from reelmake.compile.node import Node, plain
from reelmake.compile.values import dollars, number, true
from reelmake.diagnostics import Source
from reelmake.model import vendor as v
from reelmake.model.forms import Forms, Spelling, Value, Way
from reelmake.model.http import Auth
from reelmake.model.provider import OPERATIONS, Capabilities
from reelmake.model.words import named, read

_NOTHING = Node("null", None, Source("", ""), 0, 0)
_ITEM = ("id", "status", "prompt", "model", "size", "seconds", "created", "expires")
_CALLBACK: Mapping[str, Mapping[str, object]] = {
    "callback_url": {
        "title": "Callback URL",
        "description": "Where the vendor calls when a job has ended.",
        "type": "string",
        "pattern": "^https?://",
        "patternErrorMessage": "an address that begins with https://",
        "default": "",
        "examples": ["https://build.example.com/hook"],
    }
}
_REASON = ("progress", "error", "code", "message", "expires", "after")


def texts(node: Node | None) -> Iterator[tuple[Node, list[str]]]:
    """Every text below a node that has a $word in it, with its words."""
    for text in all_texts(node):
        if words := named(text.value):
            yield text, words


def all_texts(node: Node | None, *, lists: bool = True) -> Iterator[Node]:
    """Every text below; `lists`: also those in lists."""
    if node is None:
        return
    if node.kind == "text":
        yield node
    for child in node.value if node.kind == "list" and lists else node.value.values() if node.kind == "map" else ():
        yield from all_texts(child, lists=lists)


def vendor(root: Node, kind: str) -> v.Vendor:
    creates = {cast(v.Act, act): _call(node, "POST") for act, _, node in root.entries("create")}
    forms = _forms(root.get("forms") or _NOTHING, Forms())
    return v.Vendor(
        capabilities=_capabilities(root, kind, forms),
        creates=creates,
        id=_places(root.get("accepted", "id")),
        keep=_places(root.get("accepted", "keep")),
        slashes=frozenset(_places(root.get("slashes"))),
        defaults={word: plain(node) for word, _, node in root.entries("defaults")},
        status=_standing(root.get("status") or _NOTHING),
        clip=_found(root.get("clip") or _NOTHING),
        title=root.text("title"),
        auth=_auth(root.get("auth")),
        headers={name: read(node.value, {}) for name, _, node in root.entries("headers")},
        idempotency=root.text("idempotency"),
        forms=forms,
        upload=_upload(root.get("upload")),
        charged=_amounts(root.get("accepted", "cost")),
        envelope=_envelope(root.get("envelope")),
        errors={code: name for name in v.OUTCOMES for code in _lower(root.get("errors", name))},
        cancel=_if(root.get("cancel"), "DELETE"),
        remove=_if(root.get("remove"), "DELETE"),
        lookup=_lookup(root.get("lookup")),
        listing=_listing(root.get("list")),
        menu=_menu(root.get("menu")),
        credit=_credit(root.get("credit")),
        models=read_models(root.get("models"), kind),
        source=root.text("source"),
        as_of=root.text("as_of"),
    )


def _standing(node: Node) -> v.Standing:
    return v.Standing(
        call=_call(node, "GET"),
        word=_places(node.get("word")),
        pending=_lower(node.get("pending")),
        ready=_lower(node.get("ready")),
        dead={word.lower(): cast(v.Outcome, child.value) for word, _, child in node.entries("dead")},
        cost=_amounts(node.get("cost")),
        blocked={place: plain(child) for place, _, child in node.entries("blocked")},
        **{n: _places(node.get(n)) for n in _REASON},
    )


def _capabilities(root: Node, kind: str, forms: Forms) -> Capabilities:
    """What it can do is what its orders have a place for."""
    said = {word for _, words in texts(root.get("create")) for word in words}
    acts = root.value["create"].value
    return Capabilities(
        kind=kind,
        dialect=root.text("dialect"),
        operations=frozenset(o for o in OPERATIONS if o == "generate" or o in acts),
        media=frozenset(v.MAKES[act] for act in v.ACTS if act in acts),
        negative="avoid" in said,
        image="image" in said,
        last_image="last_image" in said,
        references="reference" in said,
        uploads=bool(forms.clips) and "source_url" in said,
        default_model=root.text("model"),
        extras=frozenset(_places(root.get("extras"))),
        base_url=root.text("base_url").strip(),
        forms=forms,
        asked={key: frozenset(words) for act, _, node in root.entries("create") for key, words in _asked(act, node)},
        options=_CALLBACK if "callback" in said else {},
    )


def _asked(act: str, node: Node) -> Iterator[tuple[tuple[str, str], set[str]]]:
    """The words of an order, as it usually is ("") and for each model, or pattern, that has a body of its own."""
    around = {word for part in ("path", "query") for _, words in texts(node.get(part)) for word in words}
    for model, body in (("", node.get("body")), *((name, child) for name, _, child in node.entries("for"))):
        yield (act, model), around | {word for _, words in texts(body) for word in words}


def _places(node: Node | None) -> v.Places:
    if node is None:
        return ()
    return (node.value,) if node.kind == "text" else tuple(child.value for child in node.value)


def _lower(node: Node | None) -> frozenset[str]:
    """Words as they are compared; "" for none at all."""
    children = node.value if node is not None else ()
    return frozenset("" if child.kind == "null" else str(child.value).lower() for child in children)


def _call(node: Node, method: str) -> v.Call:
    body = node.get("body")
    query = {name: str(child.value) for name, _, child in node.entries("query")}
    answer = node.get("answer")
    return v.Call(
        path=node.text("path"),
        method=node.text("method") or method,
        query=query,
        body=plain(body) if body is not None else None,
        bodies={model: plain(child) for model, _, child in node.entries("for")},
        paths={model: child.value for model, _, child in node.entries("paths")},
        multipart=node.text("send") == "multipart",
        answer=_answer(answer) if answer is not None and (answer.kind == "text" or answer.get("base64")) else None,
        link=_places(node.get("answer", "url")),
    )


def _answer(node: Node) -> v.Answer:
    """`body` alone, or a mapping."""
    said = node.get("times")
    where = {name: _places(said.get(name)) for name in ("begin", "end", "words", "characters", "items")} if said else {}
    times = v.WordTimes(per=dollars(said, "per") or Decimal(1), **where) if said else None
    return v.Answer(_places(node.get("base64")), int(number(node, "pcm") or 0), times)


def _if(node: Node | None, method: str) -> v.Call | None:
    return _call(node, method) if node is not None else None


def _form(node: Node | None, default: Spelling) -> Spelling:
    if node is None:
        return default
    like, only = node.get("as"), node.get("only") or _NOTHING
    allowed: dict[str, Value | None] = {name: plain(child) for name, _, child in only.entries()}
    if only.kind == "list":
        allowed = {str(child.value): None for child in only.value}
    return Spelling(like.value if like is not None else default.like, allowed)


def _forms(node: Node, usual: Forms) -> Forms:
    frames = node.get("frames") or _NOTHING
    found = Forms(
        seconds=_form(node.get("seconds"), usual.seconds),
        size=_form(node.get("size"), usual.size),
        ratio=_form(node.get("ratio"), usual.ratio),
        resolution=_form(node.get("resolution"), usual.resolution),
        pictures=cast(Way, node.text("pictures")) or usual.pictures,
        clips=cast(Way, node.text("clips")) or usual.clips,
        rate=number(frames, "rate") or usual.rate,
        more=usual.more if (more := number(frames, "more")) is None else int(more),
        up=true(frames, "up") or usual.up,
    )
    return replace(found, models={model: _forms(child, found) for model, _, child in node.entries("for")})


def _found(node: Node) -> v.ClipPlace:
    file = node.get("file")
    several = {name: _places(child) for name, _, child in node.entries("file")}
    return v.ClipPlace(
        url=_places(node.get("url")),
        base64=_places(node.get("base64")),
        call=_call(node, "GET") if node.get("path") is not None else None,
        files=several if file is None or several else {"file": _places(file)},
        retrieve=_if(node.get("retrieve"), "GET"),
        authenticated=true(node, "authenticated"),
        hours=number(node, "hours"),
    )


def _auth(node: Node | None) -> Auth:
    return Auth(**plain(node)) if node is not None else Auth()


def _upload(node: Node | None) -> v.Upload | None:
    if node is None:
        return None
    body, wait = node.get("body"), node.get("wait")
    return v.Upload(
        path=node.text("path"),
        url=_places(node.get("url")),
        field=node.text("field") or "file",
        body=plain(body) if body is not None else None,
        to=_places(node.get("to")),
        fields=_places(node.get("fields")),
        wait=_waiting(wait) if wait is not None else None,
    )


def _waiting(node: Node) -> v.Standing:
    dead: dict[str, v.Outcome] = dict.fromkeys(_lower(node.get("dead")), "refused")
    return v.Standing(_call(node, "GET"), _places(node.get("word")), ready=_lower(node.get("ready")), dead=dead)


def _amounts(node: Node | None) -> tuple[v.Amount, ...]:
    """One, or those that it is the sum of."""
    one = [node] if node is not None and node.kind == "map" else node.value if node is not None else []
    return tuple(v.Amount(_places(part.get("at")), _units(part, "per"), _units(part, "usd")) for part in one)


def _units(node: Node, key: str) -> Decimal:
    return dollars(node, key) or Decimal(1)


def _envelope(node: Node | None) -> v.Envelope | None:
    return v.Envelope(_places(node.get("code")), _lower(node.get("ok")), _places(node.get("message"))) if node else None


def _lookup(node: Node | None) -> v.Lookup | None:
    if node is None:
        return None
    lag = number(node, "lag")
    return v.Lookup(_call(node, "GET"), _places(node.get("id")), float(lag) if lag is not None else None)


def _listing(node: Node | None) -> v.Listing | None:
    if node is None:
        return None
    places = {name: _places(node.get(name)) for name in ("items", "next", "total", *_ITEM)}
    lag = number(node, "lag")
    return v.Listing(
        call=_call(node, "GET"),
        cursor=node.text("cursor"),
        page=node.text("page"),
        days=number(node, "days"),
        lag=float(lag) if lag is not None else None,
        **places,
    )


def _menu(node: Node | None) -> v.ModelListing | None:
    if node is None:
        return None
    places = {name: _places(node.get(name)) for name in ("items", "name", "sizes", "seconds")}
    pictures = {name: (_places(node.get(name, "at")), node.text(name, "has")) for name in ("first", "last")}
    prices = {int(side): _places(child) for side, _, child in node.entries("prices")}
    return v.ModelListing(call=_call(node, "GET"), prices=prices, **places, **pictures)  # type: ignore[arg-type]


def _credit(node: Node | None) -> tuple[v.Call, v.Places] | None:
    return (_call(node, "GET"), _places(node.get("at"))) if node is not None else None
