"""A vendor's file to a Vendor: form by its schema (schemas/provider-1), then what a schema cannot say.

Everything that is wrong is a Diagnostic in the file itself. Knows nothing of storyboards or of how a Vendor is spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reelmake.compile import vendor_parts as parts
from reelmake.compile.literals import has_password, looks_secret
from reelmake.compile.node import Node
from reelmake.compile.read import read
from reelmake.compile.validate import Validator
from reelmake.compile.vendor_parts import texts
from reelmake.compile.vendor_words import check_places, check_words
from reelmake.diagnostics import Report, Source
from reelmake.model import forms
from reelmake.model.medium import BY_ID
from reelmake.model.vendor import ACTS, MAKES, ORDER, SOURCE, TOKENS, WORDLESS, Vendor
from reelmake.model.words import alone

_LISTED: Mapping[str, tuple[Callable[[str], object], str]] = {
    "seconds": (forms.length, "8 or 2.5"),
    "size": (forms.area, "1280x720"),
    "ratio": (forms.proportion, '"16:9", in quotes'),
    "resolution": (forms.lines, "720p"),
}


def read_vendor(source: Source, kind: str, report: Report) -> Vendor | None:
    """The vendor that a text describes, as the kind of that name; None where a diagnostic says why not."""
    found = Report()
    root = read(source, found)
    if root is not None:
        Validator(found).vendor(root)
        _whole(root, found)
        if not found.failed:
            check_words(root, found)
            check_places(root, found)
            _sense(root, found)
            _secrets(root, found)
    report.add(found.sorted())
    return None if root is None or found.failed else parts.vendor(root, kind)


# What a schema cannot say


def _sense(root: Node, report: Report) -> None:
    """The parts of the file fit each other."""
    for act, key, node in root.entries("create"):
        said = {word for _, words in texts(node) for word in words}
        around = [word for part in ("path", "query") for _, words in texts(node.get(part)) for word in words]
        bodies = {act: node.get("body"), **{f"{act}, for {m},": body for m, _, body in node.entries("for")}}
        for name, body in bodies.items():
            sent = around + [word for _, words in texts(body) for word in words]
            if act not in WORDLESS and "prompt" not in sent:
                report.error("RM521", f'"{name}" does not send the prompt', key.span, hint="$prompt stands for it")
        if act in WORDLESS and "source_url" not in said:
            hint = "$source_url is a link to it, or the clip itself as `forms: {clips: …}` says"
            report.error("RM521", f'"{act}" does not send the clip it starts from', key.span, hint=hint)
        if act in BY_ID and not said.intersection(SOURCE):
            hint = "$source is the id of the clip it starts from, $source_url a link to it"
            report.error("RM521", f'"{act}" does not name the clip it starts from', key.span, hint=hint)
        if act not in (*BY_ID, *WORDLESS) and (wrong := said.intersection(SOURCE)):
            report.error("RM521", f'"{act}" starts from no clip, so ${min(wrong)} has no value', key.span)
    for name in ("pictures", "clips"):
        way = root.get("forms", name)
        if way is not None and way.value == "upload" and root.get("upload") is None:
            report.error("RM521", f'"{name}" are to be uploaded first, but there is no `upload`', way.span)
    for name, (judge, example) in _LISTED.items():
        for value in _allowed(root.get("forms", name, "only")):
            try:
                judge(str(value.value))
            except ValueError:
                unfit = f"{value.value} cannot be in a list of {name}"
                report.error("RM521", unfit, value.span, hint=f"write it as {example}")
    _list(root, report)
    _lookup(root, report)
    _upload(root, report)
    _defaults(root, report)
    _answers(root, report)
    _sounds(root, report)
    if root.get("clip") is not None:
        _clip(root, report)


def _whole(root: Node, report: Report) -> None:
    """What a file needs if an order of it becomes a job, and what one that makes clips does."""
    acts = {act: node for act, _, node in root.entries("create")}
    needed = [("accepted",), ("accepted", "id"), ("status",), ("clip",)]
    for *above, name in needed if any(node.get("answer") is None for node in acts.values()) else []:
        _missing(root.get(*above), name, f'"{above[0]}"' if above else "the provider's file", report)
    if root.get("status", "error") is None:
        _missing(root.get("status"), "dead", '"status"', report)
    if not acts.keys() & {"text", "image"} and any(MAKES[act] == "clip" for act in ACTS if act in acts):
        _missing(root.get("create"), "text", '"create"', report)


def _missing(node: Node | None, name: str, what: str, report: Report) -> None:
    if node is not None and node.kind == "map" and name not in node.value:
        place = next(iter(node.keys.values()), node).span
        report.error("RM202", f'{what} needs "{name}"', place, hint=f"add `{name}:`")


def _list(root: Node, report: Report) -> None:
    """There is one way from page to page."""
    said = {name: key for name, key, _ in root.entries("list") if name in ("next", "cursor", "page")}
    if set(said) not in (set(), {"next"}, {"next", "cursor"}, {"page"}):
        hint = "`next`, alone or with `cursor`, or `page`, or none of them if there is one page"
        span = next(iter(said.values())).span
        report.error("RM521", "the way to ask for the next page is incomplete", span, hint=hint)


def _lookup(root: Node, report: Report) -> None:
    """What is looked up by a token is ordered with it: else an order that is there would be taken for one that is not.

    Where jobs are asked about by model, their ids know it.
    """
    lookup = root.get("lookup")
    if lookup is not None:
        sent = {word for _, words in texts(lookup) for word in words}
        if not sent.intersection(TOKENS):
            report.error("RM521", "`lookup` names no token of ours", root.keys["lookup"].span, hint="$token or $uuid")
        for act, key, node in root.entries("create"):
            around = {word for part in ("path", "query") for _, words in texts(node.get(part)) for word in words}
            for body in (node.get("body"), *(body for _, _, body in node.entries("for"))):
                missing = sent.intersection(TOKENS) - around - {word for _, words in texts(body) for word in words}
                if missing and node.get("answer") is None:
                    says = f'"{act}" does not send ${min(missing)}, so `lookup` would never find it'
                    report.error("RM521", says, body.span if body is not None else key.span)
    by_model = root.get("status", "paths")
    kept = root.get("accepted", "keep")
    if by_model is not None and (kept is None or "model" not in [child.value for child in kept.value]):
        hint = "accepted: {id: …, keep: [model]}"
        report.error("RM521", "of a job nobody knows the model", root.value["status"].keys["paths"].span, hint=hint)


def _upload(root: Node, report: Report) -> None:
    """A file goes to the path itself, or to an address that is asked for with a body."""
    upload = root.get("upload")
    if upload is None:
        return
    for name, needed in (("body", "to"), ("to", "body"), ("fields", "to")):
        if name in upload.value and needed not in upload.value:
            hint = "`body` asks for an address, which the answer has `to`; `fields` are those of a form there"
            report.error("RM521", f"`{name}` needs `{needed}`", upload.keys[name].span, hint=hint)


def _defaults(root: Node, report: Report) -> None:
    for word, key, _ in root.entries("defaults"):
        if word not in ORDER:
            near = (word, list(ORDER))
            report.error("RM520", f'"{word}" is no word of an order', key.span, near=near)


def _answers(root: Node, report: Report) -> None:
    """A reply has the file, or a link to it, or now the one and now the other."""
    for act in ACTS:
        answer = root.get("create", act, "answer")
        if answer is None or answer.kind != "map":
            continue
        if set(answer.value) != {"url"} and "base64" not in answer.value:
            hint = "`body`, or `{base64: place}` with a `url` where some replies have a link, or `{url: place}` alone"
            report.error("RM521", "say where the file is", answer.span, hint=hint)


def _sounds(root: Node, report: Report) -> None:
    """Samples are of sounds; times are of speech, and of its words or of its characters."""
    for act in ACTS:
        times = root.get("create", act, "answer", "times")
        pcm = root.get("create", act, "answer", "pcm")
        if pcm is not None and MAKES[act] not in ("speech", "music"):
            report.error("RM521", f'"{act}" makes no sound, so it has no `pcm`', pcm.span)
        if times is None:
            continue
        place = root.value["create"].value[act].value["answer"].keys["times"].span
        if MAKES[act] != "speech":
            report.error("RM521", f'"{act}" makes nothing that is spoken, so it has no `times`', place)
        if ("words" in times.value) == ("characters" in times.value):
            hint = "`words`, a list of whole words, or `characters`, a list of single ones"
            report.error("RM521", "say of what the times are in exactly one way", place, hint=hint)


def _allowed(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return list(node.keys.values()) if node.kind == "map" else list(node.value)


def _secrets(node: Node, report: Report, name: str = "") -> None:
    """A file is shared: a key stands in the environment, and its place in the storyboard. A $word is no secret."""
    children = [(name, child) for child in node.value] if node.kind == "list" else []
    children = [(key, child) for key, _, child in node.entries()] if node.kind == "map" else children
    for key, child in children:
        _secrets(child, report, key)
    if node.kind != "text" or alone(node.value):
        return
    if looks_secret(name, node.value) or has_password(node.value):
        hint = "`api_key: ${env:NAME}` on the provider in the storyboard; `auth:` says which header it goes into"
        report.error("RM504", f'"{name}" looks like a secret', node.span, hint=hint)


def _clip(root: Node, report: Report) -> None:
    """There is exactly one way to the clip."""
    clip, place = root.value["clip"], root.keys["clip"].span
    ways = {name for name in ("url", "base64", "path", "retrieve") if name in clip.value}
    if ways not in ({"url"}, {"base64"}, {"path"}, {"url", "retrieve"}):
        hint = "`url`, or `path`, or `retrieve` with the `url` in its answer, or `base64`"
        report.error("RM521", "say where the clip is in exactly one way", place, hint=hint)
    elif "file" in clip.value and ways in ({"url"}, {"base64"}):
        report.error("RM521", "`file` is for `path` or `retrieve`", clip.keys["file"].span)
