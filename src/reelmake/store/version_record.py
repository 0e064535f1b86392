"""How a version of a film is written as JSON and read back. Of what was ordered the manifests are not written: who has
the key asks the store. Knows no file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reelmake.model.json_value import Json, JsonObject, items, named, text, whole
from reelmake.model.medium import MEDIA
from reelmake.model.take import Manifest
from reelmake.model.time import exact
from reelmake.plan.version import CutVersion, EntryVersion, OutputVersion, ShotVersion, Version

_MEDIA = {str(name): name for name in MEDIA}


def as_json(version: Version) -> JsonObject:
    return {
        "shots": {address: _shot(shot) for address, shot in version.shots.items()},
        "cuts": {variant: _cut(cut) for variant, cut in version.cuts.items()},
        "outputs": {path: _output(output) for path, output in version.outputs.items()},
    }


def to_version(given: Mapping[str, object], manifest: Callable[[str], Manifest]) -> Version:
    """`manifest`: of a take by its key, () = it is not known any more. Raises KeyError, TypeError or ValueError for
    what is no version."""
    shots = {address: _to_shot(named(shot), manifest) for address, shot in named(given["shots"]).items()}
    cuts = {variant: _to_cut(named(cut)) for variant, cut in named(given["cuts"]).items()}
    return Version(shots, cuts, {path: _to_output(named(output)) for path, output in named(given["outputs"]).items()})


def _shot(shot: ShotVersion) -> Json:
    return {
        "medium": shot.medium,
        "order": shot.order,
        "take": shot.take,
        "key": shot.key,
        "sha256": shot.sha256,
        "parents": {label: list(of) for label, of in shot.parents.items()},
        **({} if shot.key else {"pairs": _pairs(shot.pairs)}),
    }


def _to_shot(given: Mapping[str, object], manifest: Callable[[str], Manifest]) -> ShotVersion:
    key, medium = text(given["key"]), text(given["medium"])
    return ShotVersion(
        _MEDIA[medium],
        text(given["order"]),
        whole(given["take"]),
        key,
        text(given["sha256"]),
        manifest(key) if key else _to_pairs(given["pairs"]),
        {label: tuple(map(text, items(of))) for label, of in named(given["parents"]).items()},
    )


def _cut(cut: CutVersion) -> Json:
    entries = [[entry.shot, _pairs(entry.pairs)] for entry in cut.entries]
    return {"entries": entries, "frames": cut.frames, "seconds": str(cut.seconds)}


def _to_cut(given: Mapping[str, object]) -> CutVersion:
    entries = (EntryVersion(text(shot), _to_pairs(pairs)) for shot, pairs in map(items, items(given["entries"])))
    return CutVersion(tuple(entries), whole(given["frames"]), exact(text(given["seconds"])))


def _output(output: OutputVersion) -> Json:
    return {
        "name": output.name,
        "parts": {kind: _pairs(pairs) for kind, pairs in output.parts.items()},
        "pieces": list(output.pieces),
        "shots": list(output.shots),
        "sha256": output.sha256,
    }


def _to_output(given: Mapping[str, object]) -> OutputVersion:
    return OutputVersion(
        text(given["name"]),
        {kind: _to_pairs(pairs) for kind, pairs in named(given["parts"]).items()},
        tuple(map(text, items(given["pieces"]))),
        tuple(map(text, items(given["shots"]))),
        text(given["sha256"]),
    )


def _pairs(pairs: Manifest) -> Json:
    return [list(pair) for pair in pairs]


def _to_pairs(given: object) -> Manifest:
    return tuple((text(label), text(value)) for label, value in map(items, items(given)))
