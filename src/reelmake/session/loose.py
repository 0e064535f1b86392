"""Loose shots: a project whose shots were asked for one by one, on the command line or from Python.

They travel the same road as those of a storyboard. In a project they use its providers, tiers, store and journal, so
that nobody pays twice for the same order; elsewhere, and for a server that is named by its address, they are kept in a
folder of the user's. reelmake.lock and build/ are never written. Knows nothing of terminals.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

from reelmake.compile.loose_shots import PICTURES, alias
from reelmake.diagnostics import Diagnostic
from reelmake.errors import LocalTool, Mistake
from reelmake.model.http import origin
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.wish import STORYBOARD
from reelmake.plan.result import Clip
from reelmake.prep.source_files import SourceFiles, find
from reelmake.records import dataclass
from reelmake.session.pictures import content, kept
from reelmake.session.project import Snapshot, look, plan, read
from reelmake.session.workspace import Workspace
from reelmake.store.premises import ProjectFiles

if TYPE_CHECKING:
    from reelmake.model.take import Take
    from reelmake.model.wish import Overrides
    from reelmake.session.pictures import Picture
    from reelmake.world.bindings import Binding

SHOT = "shoot"  # what a single loose shot is called in events and journals
DIGITS = 16  # of a key, in an id
DIALECT = "openai-videos"  # what a server speaks that is named by its address alone
KNOWN = "providers.json"  # the note of providers that were named by their address


class ShotOptions(TypedDict, total=False):
    """What can be said of a loose shot beside its prompt; what is not said, the tier or the defaults say.

    image, last_image: the first and the last frame, as a path, bytes, an open file or a Pillow image. size: "1280x720".
    seconds, seed, takes, fit: as in a storyboard. tier: one of the project's; or provider and model, with price in USD
    a second where the catalog has none. base_url: a server that no storyboard names, with the variable that holds its
    key (api_key_env) and what it speaks (kind, default openai-videos).
    """

    image: Picture
    last_image: Picture
    size: str
    seconds: Fraction | float | str
    seed: int | str
    takes: int | str
    fit: str
    tier: str
    provider: str
    model: str
    price: Decimal | float | str
    base_url: str
    api_key_env: str
    kind: str


@dataclass(frozen=True)
class LooseWorkspace(Workspace):
    """Where loose shots are made. With `home` it has no storyboard: theirs is empty, and nobody reads it."""

    @cached_property
    def pictures(self) -> dict[str, Path]:
        """Where those are that the shots were given, under the names that they have there."""
        given = [(alias(id, k, o[k]), o[k]) for id, o in self.overrides.loose.items() for k in PICTURES if k in o]
        return {name: Path(path).expanduser().absolute() for name, path in given}

    def source_files(self) -> SourceFiles:
        return _Given(self.root, self.pictures, self.storyboard.name if self.home else "")

    def inputs(self) -> ProjectFiles:
        return _Pictures(self.root, self.state / "digests.json", self.pictures)


@dataclass(frozen=True)
class LooseShots:
    """Loose shots and their project, as they stood before they are made."""

    seen: Snapshot

    @property
    def wanted(self) -> tuple[str, ...]:
        """The ids of all shots; a plan of them has all takes."""
        return tuple(self.seen.workspace.overrides.loose)

    def ids(self, shot: str) -> list[str]:
        """What the takes of a shot are known by to who does not wait for them; "" before the key is known."""
        return [d.key[:DIGITS] for d in plan(self.seen, (shot,)).jobs]

    def remember(self) -> None:
        """Notes where the provider is that was named by its address, so that its open jobs can be asked for later."""
        workspace = self.seen.workspace
        if workspace.home:
            specs = {s.name: _plain(s) for s in self.seen.project.providers.values() if s.base_url}
            known = workspace.notes.read(KNOWN)
            if specs.keys() - known.keys():
                workspace.notes.write(KNOWN, known | specs)

    def there(self) -> frozenset[str]:
        """Keys of the takes that are in the store now."""
        return frozenset(d.take.key for d in plan(self.seen, self.wanted).jobs if d.take)

    def made(self, shot: str, before: frozenset[str]) -> list[Clip]:
        """The takes of a shot that are in the store now, by number; those whose keys are not in `before` are new."""
        store = self.seen.workspace.store
        jobs = plan(self.seen, (shot,)).jobs
        clips = [clip_of(d.step.take, d.take, store.path(d.take), new=d.take.key not in before) for d in jobs if d.take]
        return sorted(clips, key=lambda clip: clip.take)

    def deliver(self, shot: str, clips: Sequence[Clip], output: Path | None) -> list[Clip]:
        """The clips where they were asked to be, each whole, over what was there. Raises LocalTool."""
        from reelmake.store.placing import place

        targets = places(output, len(self.seen.layout.slates[shot].orders))
        for clip in clips:
            if target := targets[clip.take - 1]:
                place([(clip.path, target)])
        return [replace(clip, path=targets[clip.take - 1] or clip.path) for clip in clips]


def abroad() -> LooseWorkspace:
    """The user's own folder, for the journal, the store and the open jobs of shots that were made outside projects."""
    bare = LooseWorkspace(Path.cwd() / STORYBOARD, home=home())
    return replace(bare, own=_own(remembered(bare).values()))


def remembered(workspace: Workspace) -> dict[str, ProviderSpec]:
    """Every provider that a loose shot was ever ordered from by its address."""
    return {name: ProviderSpec(name, **spec) for name, spec in workspace.notes.read(KNOWN).items()}


def specs(workspace: Workspace) -> Mapping[str, ProviderSpec]:
    """The providers that loose shots of this workspace are or were ordered from, by name. Raises Mistake."""
    return remembered(workspace) if workspace.home else read(workspace).providers


def home() -> Path:
    """The folder of the user's that keeps loose shots made outside projects: $XDG_STATE_HOME/reelmake."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "reelmake"


def loose_workspace(
    shots: Mapping[str, tuple[str, ShotOptions]], storyboard: str | None, form: Overrides
) -> LooseWorkspace:
    """Where these shots are made: (prompt, options) by id. `storyboard` None: the one of this folder or a parent, if
    there is one. Raises Mistake."""
    said = {id: _said(prompt, options) for id, (prompt, options) in shots.items()}
    bare = LooseWorkspace(Path.cwd() / STORYBOARD, form, home=home())
    if not any("base_url" in options for options in said.values()):
        try:
            bare = LooseWorkspace(find(storyboard), form)
        except Mistake:
            if storyboard is not None:
                raise
    for id, (_, options) in shots.items():
        said[id] |= {name: str(kept(given, bare.state)) for name, given in _content(options).items()}
    return replace(bare, overrides=replace(form, loose=said))


def read_pictures(options: ShotOptions) -> ShotOptions:
    """The same, with the bytes of what was given as an open file or an image: those are read once."""
    return cast("ShotOptions", {**options, **_content(options)})


def loose_shots(workspace: LooseWorkspace) -> LooseShots:
    """The project that makes the shots and is cut into nothing. Raises Mistake with every diagnostic."""
    shots = workspace.overrides.loose.values()
    given = [options[kind] for options in shots for kind in PICTURES if kind in options]
    if missing := [path for path in given if not Path(path).expanduser().is_file()]:
        raise Mistake([Diagnostic("RM601", f'there is no file "{path}"', None) for path in missing])
    project = read(workspace)
    bare = (replace(v, board=replace(v.board, outputs=())) for v in project.script.variants)
    project = replace(project, script=replace(project.script, variants=tuple(bare)))
    if workspace.home:  # whoever names a server and the variable of its key has said by it where the key goes
        project = replace(project, workspace=replace(workspace, own=_own(project.providers.values())))
    return LooseShots(look(project))


def _content(options: ShotOptions) -> dict[str, bytes]:
    """The pictures that are not named by a path, by option."""
    given = ((name, picture) for name, picture in options.items() if name in PICTURES and picture is not None)
    return {name: found for name, picture in given if (found := content(picture)) is not None}


def _said(prompt: str, options: ShotOptions) -> dict[str, str]:
    """Options as the compiler takes them: text by name; pictures only if they are paths. Raises Mistake for those that
    exclude each other."""
    given: Mapping[str, object] = {name: value for name, value in options.items() if not isinstance(value, bytes)}
    said = {name: str(value) for name, value in given.items() if value is not None and value != ""}
    if "base_url" in said:
        said.setdefault("kind", DIALECT)
    for name, other in (("tier", "provider"), ("tier", "base_url"), ("provider", "base_url")):
        if name in said and other in said:
            message = f"--{name} and --{other.replace('_', '-')} both say who makes the shot"
            raise Mistake([Diagnostic("RM715", message, None, hint="name one of them")])
    for name in ("api_key_env", "kind"):
        if name in said and "base_url" not in said:
            option = name.replace("_", "-")
            raise Mistake([Diagnostic("RM715", f"--{option} belongs to --base-url, which is missing", None)])
    if "api_key_env" in said:
        said["api_key"] = said.pop("api_key_env")
    return {**said, "prompt": prompt}


def places(output: Path | None, takes: int) -> list[Path | None]:
    """Where each take goes: one file, or as many with the number before the suffix. Raises Mistake for a wrong name."""
    if output is None:
        return [None] * takes
    if output.suffix.lower() != ".mp4":
        raise Mistake([Diagnostic("RM714", f"{output} cannot hold a shot: it would be an .mp4", None)])
    if output.is_dir():
        raise Mistake([Diagnostic("RM714", f"{output} is a folder", None, hint="name the file, as in -o shot.mp4")])
    return [output] if takes == 1 else [output.with_stem(f"{output.stem}-{n}") for n in range(1, takes + 1)]


class _Given(SourceFiles):
    """The project's texts; the pictures that were given are there too, and an empty storyboard named `bare`."""

    def __init__(self, root: Path, pictures: Mapping[str, Path], bare: str) -> None:
        super().__init__(root)
        self._pictures, self._bare = pictures, bare

    def bytes(self, path: str) -> bytes:
        return b"reelmake: 1\n" if path == self._bare else super().bytes(path)

    def exists(self, path: str) -> bool:
        return path in self._pictures or super().exists(path)

    def barred(self, path: str) -> LocalTool | None:
        return None if path in self._pictures else super().barred(path)


class _Pictures(ProjectFiles):
    """The project's files, and pictures from anywhere under the names that the shots have for them."""

    def __init__(self, root: Path, cache: Path, at: Mapping[str, Path]) -> None:
        super().__init__(root, cache)
        self._at = at

    def path(self, path: str) -> Path:
        return self._at.get(path) or super().path(path)

    def digest(self, path: str) -> str:
        return super().digest(str(self._at.get(path, path)))

    def stat(self, path: str) -> os.stat_result:
        given = Path(path)
        return given.stat() if given in self._at.values() else super().stat(path)


def clip_of(number: int, take: Take, path: Path, *, new: bool) -> Clip:
    """What a take of a loose shot is, for Python."""
    facts = take.facts
    return Clip(
        path=path,
        sha256=take.digest,
        take=number,
        seconds=None if facts.seconds is None else float(facts.seconds),
        frames=facts.frames,
        size=(facts.width, facts.height) if facts.width and facts.height else None,
        cost=take.cost,
        new=new,
        notes=facts.notes,
    )


def _own(specs: Iterable[ProviderSpec]) -> tuple[Binding, ...]:
    """What was said by naming these providers by their addresses."""
    return tuple((spec.api_key, origin(spec.base_url)) for spec in specs if spec.base_url)


def _plain(spec: ProviderSpec) -> dict[str, str]:
    return {"kind": spec.kind, "base_url": spec.base_url, "api_key": spec.api_key}
