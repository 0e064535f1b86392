"""A workflow's binding file, and the workflow that it names, to a Workflow: form by its schema (schemas/workflow-1),
then whether the one fits the other.

Everything that is wrong is a Diagnostic at the line of the binding file, with the place in the JSON beside it. Knows
nothing of storyboards or of how a workflow is sent.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from reelmake.compile.merge import ProjectTexts
from reelmake.compile.node import Node
from reelmake.compile.paths import project_path
from reelmake.compile.read import read
from reelmake.compile.validate import Validator
from reelmake.compile.values import number, whole
from reelmake.diagnostics import Note, Report, Source, Span
from reelmake.model.forms import Forms
from reelmake.model.json_value import JsonObject
from reelmake.model.medium import MEDIA, MediumName, Operation
from reelmake.model.workflow import NUMBERS, Place, Workflow, link, links, needed

_SAVES: Mapping[str, tuple[MediumName, ...]] = {  # ComfyUI's own, and the most used of others; from memory, 2026-11-30
    **dict.fromkeys(("SaveImage", "PreviewImage", "SaveImageWebsocket"), ("still",)),
    **dict.fromkeys(("SaveVideo", "SaveWEBM", "VHS_VideoCombine"), ("clip",)),
    **dict.fromkeys(("SaveAudio", "SaveAudioMP3", "SaveAudioOpus", "PreviewAudio"), ("speech", "music")),
}
_SEEDS = ("seed", "noise_seed")
_EXPORT = "export it again in ComfyUI: Workflow, Export (API)"
_MOST = 40  # nodes in a hint
_DEEPEST = 64  # brackets in brackets


class _Found(NamedTuple):
    """A node of a workflow, and where its id stands."""

    node: JsonObject
    title: str
    span: Span

    @property
    def inputs(self) -> JsonObject:
        inputs = self.node["inputs"]
        return inputs if isinstance(inputs, dict) else {}

    @property
    def kind(self) -> str:
        return str(self.node["class_type"])


def read_workflow(source: Source, path: str, texts: ProjectTexts) -> Workflow | None:
    """The workflow that a binding file at a project path describes; None where a diagnostic says why not."""
    report = Report()
    root = read(source, report)
    if root is not None:
        Validator(report).workflow(root)
    found: Workflow | None = None
    if root is not None and not report.failed:
        named = root.value["workflow"]
        place = project_path(posixpath.join(posixpath.dirname(path), named.value), named.span, report)
        text = texts.open(place, named.span) if place is not None else None
        nodes = _nodes(text, named.span, report) if text is not None else None
        found = _Binding(root, nodes, report).workflow() if nodes else None
    texts.report.add(report.sorted())
    return None if report.failed else found


# The workflow's own file


def _nodes(source: Source, named: Span, report: Report) -> dict[str, _Found] | None:
    """By id; None and a diagnostic for what is not in the API format."""
    try:
        whole_ = json.loads(source.text)
        if _deep(whole_):
            raise ValueError("it has brackets in brackets deeper than any workflow")
        json.dumps(whole_, ensure_ascii=False, allow_nan=False).encode()  # as it will be sent
    except json.JSONDecodeError as error:
        at = Span(source, error.pos, min(error.pos + 1, len(source.text)))
        report.error("RM580", f"{source.name} is not JSON: {error.msg}", at, hint=_EXPORT)
        return None
    except (ValueError, RecursionError) as error:
        report.error("RM580", f"{source.name} is not JSON: {error}", named, hint=_EXPORT)
        return None
    if not isinstance(whole_, dict) or isinstance(whole_.get("nodes"), list) or isinstance(whole_.get("prompt"), dict):
        other = "in the format of ComfyUI's editor" if isinstance(whole_, dict) and "nodes" in whole_ else "no workflow"
        says = f"{source.name} is {other}, and is needed in the API format"
        report.error("RM580", says, named, hint=_EXPORT)
        return None
    found: dict[str, _Found] = {}
    for id, value, span in _entries(source):
        kind = value.get("class_type") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(kind, str) or not isinstance(value.get("inputs"), dict):
            says = f'"{id}" is not a node: it has no `class_type` and `inputs`'
            report.error("RM580", says, span, hint=_EXPORT)
            return None
        meta = value.get("_meta")
        title = meta.get("title") if isinstance(meta, dict) else None
        node = {"class_type": kind, "inputs": value["inputs"]}
        found[id] = _Found(node, title if isinstance(title, str) and title.isprintable() else kind, span)
    for id, one in found.items():
        if lost := next((other for other in links(one.node) if other not in found), ""):
            report.error("RM581", f'node {id} reads node "{lost}", which is not in the file', one.span)
            return None
    return found


def _deep(value: object) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [child for part in level for child in _inside(part)]
    return bool(level)


def _inside(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _entries(source: Source) -> Iterator[tuple[str, object, Span]]:
    """The entries of a text that is known to be a JSON object: name, value, and where the name stands."""
    text, decode = source.text, json.JSONDecoder().raw_decode
    at = text.index("{") + 1
    while (begin := _after(text, at)) < len(text) and text[begin] != "}":
        name, end = decode(text, begin)
        value, at = decode(text, _after(text, _after(text, end) + 1))
        at = _after(text, at) + 1  # behind the comma
        yield name, value, Span(source, begin, end)
        if text[at - 1] == "}":
            return


def _after(text: str, at: int) -> int:
    """Where the next character stands that is no space."""
    found = re.compile(r"[ \t\r\n]*").match(text, at)
    return found.end() if found else at


# What is bound to it


class _Binding:
    def __init__(self, root: Node, nodes: Mapping[str, _Found], report: Report) -> None:
        self._root, self._nodes, self._report = root, nodes, report
        self._medium = cast(MediumName, root.text("makes"))
        self._bound: dict[Place, str] = {}

    def workflow(self) -> Workflow | None:
        result = self._result()
        if result is None:
            return None
        kept = needed({id: found.node for id, found in self._nodes.items()}, result)
        places = {word: tuple(self._places(word, texts, kept, result)) for word, texts in self._words()}
        operation = self._operation(places)
        self._sense(places, operation, kept)
        frames = self._root.get("frames")
        forms = Forms()
        if frames is not None:
            forms = Forms(rate=number(frames, "rate") or forms.rate, more=whole(frames, "more") or 0)
        return Workflow(
            medium=self._medium,
            operation=operation,
            result=result,
            nodes={id: self._nodes[id].node for id in sorted(kept)},
            places=places,
            forms=forms,
            titles={id: self._nodes[id].title for id in sorted(kept)},
        )

    def _words(self) -> Iterator[tuple[str, list[Node]]]:
        """What is bound, each with the texts that name its places."""
        for word, _, node in self._root.entries("inputs"):
            texts = node.value if node.kind == "list" else [node]
            if word == "references":
                yield from ((f"reference {n}", [text]) for n, text in enumerate(texts, 1))
            else:
                yield word, texts

    def _result(self) -> str | None:
        said = self._root.value["result"]
        id = str(said.value)
        found = self._node(id, said)
        if found is None:
            return None
        makes, notes = _SAVES.get(found.kind), [Note("the node is here", found.span)]
        read_by = next((other for other, one in self._nodes.items() if id in links(one.node)), "")
        saving = [self._called(id) for id, one in self._nodes.items() if one.kind in _SAVES]
        hint = f"nodes that save: {', '.join(saving)}" if saving else "add a node that saves, and export it again"
        if makes is not None and self._medium not in makes:
            made = " or ".join(MEDIA[name].noun for name in makes)
            says = f"node {self._called(id)} saves {made}, not {MEDIA[self._medium].noun}"
            self._report.error("RM584", says, said.span, notes=notes, hint=f"{hint}; or `makes: {makes[0]}`")
            return None
        if makes is None and read_by:
            says = f"node {self._called(id)} saves nothing: node {self._called(read_by)} reads what it makes"
            self._report.error("RM584", says, said.span, notes=notes, hint=hint)
            return None
        return id

    def _node(self, id: str, said: Node) -> _Found | None:
        if found := self._nodes.get(id):
            return found
        known = ", ".join(self._called(id) for id in list(self._nodes)[:_MOST])
        self._report.error("RM581", f'there is no node "{id}" in the workflow', said.span, hint=f"it has {known}")
        return None

    def _called(self, id: str) -> str:
        return f'{id} "{self._nodes[id].title}"'

    def _places(self, word: str, texts: list[Node], kept: set[str], result: str) -> Iterator[Place]:
        """Those of a word that can be one; of others a diagnostic says why not."""
        for text in texts:
            id, _, name = text.value.partition(".")
            found = self._node(id, text)
            if found is None:
                continue
            notes = [Note("the node is here", found.span)]
            if name not in found.inputs:
                says = f'node {self._called(id)} has no input "{name}"'
                self._report.error("RM582", says, text.span, notes=notes, near=(name, found.inputs))
            elif other := link(found.inputs[name]):
                says = f'"{text.value}" has no value of its own: it comes from node {self._called(other)}'
                hint = f"bind an input of node {other}: {', '.join(self._nodes[other].inputs)}"
                self._report.error("RM583", says, text.span, notes=notes, hint=hint)
            elif wrong := self._unfit(word, (id, name), found.inputs[name]):
                self._report.error("RM585", f'"{text.value}" {wrong}', text.span, notes=notes)
            elif id not in kept:
                says = f'"{text.value}" changes nothing: the result, node {self._called(result)}, does not hang on it'
                self._report.error("RM585", says, text.span, notes=notes)
            else:
                self._bound[id, name] = word
                yield id, name

    def _unfit(self, word: str, place: Place, saved: object) -> str:
        """Why a place is none for a word, as the end of a sentence; "" if it is one."""
        if place in self._bound:
            return f"is bound already, for {self._bound[place]}"
        is_number = isinstance(saved, int | float) and not isinstance(saved, bool)
        if word in NUMBERS:
            return "" if is_number else f"holds no number, so it is no place for {word}"
        return "" if isinstance(saved, str) else f"holds no text, so it is no place for {word}"

    def _operation(self, places: Mapping[str, object]) -> Operation:
        said = self._root.get("operation")
        if said is not None:
            return cast(Operation, said.value)
        if self._medium == "still":
            return "edit" if "image" in places else "generate"
        return "lipsync" if {"source", "speech"} <= places.keys() else "generate"

    def _sense(self, places: Mapping[str, tuple[Place, ...]], operation: Operation, kept: set[str]) -> None:
        """The parts of the file fit each other."""
        report, inputs = self._report, self._root.keys["inputs"].span
        changes = operation in ("lipsync", "upscale", "interpolate")
        if changes != ("source" in places) or (changes and self._medium != "clip"):
            hint = "`operation: upscale`, `interpolate` or `lipsync` goes with `inputs: {source: …}` and `makes: clip`"
            report.error("RM585", f"what a workflow for `{operation}` starts from is not clear", inputs, hint=hint)
        if not changes and "prompt" not in places:
            report.error("RM585", "no input is bound to the prompt", inputs, hint="`prompt: NODE.INPUT`")
        if (told := {"frames", "fps"} & places.keys()) and self._root.get("frames") is None:
            hint = "`frames: {rate: 16, more: 1}`: so many a second, and so many more"
            says = f"{min(told)} is bound, and nothing says how many frames a second has"
            report.error("RM585", says, self._root.value["inputs"].keys[min(told)].span, hint=hint)
        if self._medium == "clip" and not changes and not {"seconds", "frames"} & places.keys():
            hint = "`seconds: NODE.INPUT`, or `frames: NODE.INPUT`"
            report.warn(
                "RM585", "no input is bound to the length, so every clip is as long as saved", inputs, hint=hint
            )
        for id in sorted(kept):
            node = self._nodes[id]
            for name in _SEEDS:
                if name in node.inputs and not link(node.inputs[name]) and "seed" not in places:
                    says = f"node {self._called(id)} has a seed that is not bound, so every take is the same"
                    report.warn("RM585", says, inputs, notes=[Note("the node is here", node.span)],
                                hint=f"`seed: {id}.{name}`")  # fmt: skip
                    return
