"""Loose shots: a project whose shots were asked for one by one, on the command line or from Python.

They travel the same road as those of a storyboard. In a project they use its providers, tiers, store and journal, so
that nobody pays twice for the same order; elsewhere, and for a server that is named by its address, they are kept in a
folder of the user's. reelmake.lock and build/ are never touched. Knows nothing of terminals.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from reelmake.compile.loose_shots import PICTURES, alias
from reelmake.diagnostics import Diagnostic
from reelmake.errors import LocalTool, Mistake
from reelmake.model.compiled import Compiled
from reelmake.model.origin import origin
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.take import Take
from reelmake.plan.result import Clip
from reelmake.prep.picks import NoChoices, Picks
from reelmake.prep.source_files import STORYBOARD, SourceFiles, find
from reelmake.session.project import LOCK, Overrides, Project
from reelmake.store.stat import ProjectFiles
from reelmake.world.bindings import Bindings

if TYPE_CHECKING:
    from reelmake.plan.decide import Plan

SHOT = "shoot"  # what a single loose shot is called in events and journals
DIALECT = "openai-videos"  # what a server speaks that is named by its address alone
KNOWN = "providers.json"  # the note of providers that were named by their address


class ShotOptions(TypedDict, total=False):
    """What can be said of a loose shot beside its prompt; what is not said, the tier or the defaults say.

    image, last_image: files with the first and the last frame. size: "1280x720". seconds, seed, takes, fit: as in a
    storyboard. tier: one of the project's; or provider and model, with price in USD a second where the catalog has
    none. base_url: a server that no storyboard names, with the variable that holds its key (api_key_env) and what it
    speaks (kind, default openai-videos).
    """

    image: str | os.PathLike[str]
    last_image: str | os.PathLike[str]
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


class LooseShots(Project):
    """`shots`: prompt and options, as text, by id. `storyboard` None = no project: the user's own folder."""

    def __init__(self, storyboard: Path | None, form: Overrides, shots: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(storyboard or Path.cwd() / STORYBOARD, replace(form, loose=shots))
        self._abroad = storyboard is None
        if self._abroad:
            self.state = home()
        given = [(alias(id, k, o[k]), o[k]) for id, o in shots.items() for k in PICTURES if k in o]
        self._pictures = {name: Path(path).expanduser().absolute() for name, path in given}
        missing = [path for name, path in given if not self._pictures[name].is_file()]
        if missing:
            raise Mistake([Diagnostic("RM601", f'there is no file "{path}"', None) for path in missing])

    @cached_property
    def script(self) -> Compiled:
        """With no outputs: a loose shot is cut into nothing."""
        found = super().script
        bare = (replace(v, board=replace(v.board, outputs=())) for v in found.variants)
        return replace(found, variants=tuple(bare))

    @cached_property
    def manuscript(self) -> SourceFiles:
        return _Given(self.root, self._pictures, self.storyboard.name if self._abroad else "")

    @cached_property
    def inputs(self) -> ProjectFiles:
        return _Pictures(self.root, self.state / "digests.json", self._pictures)

    @cached_property
    def choices(self) -> Picks:
        return NoChoices(self.root / LOCK, self.shown(LOCK), self.state / "choosing")

    @cached_property
    def bindings(self) -> Bindings:
        """Whoever names a server by its address and the variable of its key has said by it where the key goes."""
        return _own(self) if self._abroad else super().bindings

    def plan(self, wanted: Sequence[str] = ()) -> Plan:
        """Of all takes of all shots, where none is named."""
        return super().plan(wanted or tuple(self.form.loose))

    def remember(self) -> None:
        """Notes where the provider is that was named by its address, so that its open jobs can be asked for later."""
        if self._abroad:
            specs = {s.name: _plain(s) for s in self.providers.values() if s.base_url}
            known = self.notes.read(KNOWN)
            if specs.keys() - known.keys():
                self.notes.write(KNOWN, known | specs)

    def there(self) -> frozenset[str]:
        """Keys of the takes that are in the store now."""
        return frozenset(d.take.key for d in self.plan().jobs if d.take)

    def made(self, shot: str, before: frozenset[str]) -> list[Clip]:
        """The takes of a shot that are in the store now, by number; those whose keys are not in `before` are new."""
        jobs = self.plan((shot,)).jobs
        clips = [_clip(d.step.take, d.take, self.store.path(d.take), before) for d in jobs if d.take]
        return sorted(clips, key=lambda clip: clip.take)

    def deliver(self, shot: str, clips: Sequence[Clip], output: Path | None) -> list[Clip]:
        """The clips where they were asked to be, each whole, over what was there. Raises LocalTool."""
        from reelmake.store.notes import place

        targets = places(output, len(self.layout.slates[shot].orders))
        for clip in clips:
            if target := targets[clip.take - 1]:
                place([(clip.path, target)])
        return [replace(clip, path=targets[clip.take - 1] or clip.path) for clip in clips]


class Abroad(Project):
    """The user's own folder as a project without a storyboard, for its journal, store and open jobs."""

    def __init__(self) -> None:
        super().__init__(Path.cwd() / STORYBOARD)
        self.state = home()

    @cached_property
    def providers(self) -> dict[str, ProviderSpec]:
        """Every provider that a loose shot was ever ordered from by its address."""
        return {name: ProviderSpec(name, **spec) for name, spec in self.notes.read(KNOWN).items()}

    @cached_property
    def bindings(self) -> Bindings:
        return _own(self)


def home() -> Path:
    """The folder of the user's that keeps loose shots made outside projects: $XDG_STATE_HOME/reelmake."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "reelmake"


def loose_shots(shots: Mapping[str, tuple[str, ShotOptions]], storyboard: str | None, form: Overrides) -> LooseShots:
    """The project that makes these shots: (prompt, options) by id.

    `storyboard` None: the one of this folder or a parent, if there is one. Raises Mistake with every diagnostic.
    """
    said = {id: _said(prompt, options) for id, (prompt, options) in shots.items()}
    abroad = any("base_url" in options for options in said.values())
    project = LooseShots(None if abroad else _storyboard(storyboard), form, said)
    if not project.script.ok:
        raise Mistake(project.script.diagnostics)
    return project


def _storyboard(named: str | None) -> Path | None:
    try:
        return find(named)
    except Mistake:
        if named is not None:
            raise
        return None


def _said(prompt: str, options: ShotOptions) -> dict[str, str]:
    """Options as the compiler takes them: text by name. Raises Mistake for those that exclude each other."""
    given: Mapping[str, Any] = options
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


def _clip(number: int, take: Take, path: Path, before: frozenset[str]) -> Clip:
    facts = take.facts
    return Clip(
        path=path,
        sha256=take.digest,
        take=number,
        seconds=None if facts.seconds is None else float(facts.seconds),
        frames=facts.frames,
        size=(facts.width, facts.height) if facts.width and facts.height else None,
        cost=take.cost,
        new=take.key not in before,
        notes=facts.notes,
    )


def _own(project: Project) -> Bindings:
    """What was said by naming these providers by their addresses."""
    return Bindings(project.root, [(s.api_key, origin(s.base_url)) for s in project.providers.values() if s.base_url])


def _plain(spec: ProviderSpec) -> dict[str, str]:
    return {"kind": spec.kind, "base_url": spec.base_url, "api_key": spec.api_key}
