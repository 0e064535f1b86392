"""Which programs and libraries local steps need: their versions are part of the key of what depends on them, and
what is missing is told before anything is made.

An order to a provider has nothing to do with them, nor has a picture that is cut out or fitted for one: a new version
must never make a paid shot again. Clips that are not made yet cannot be looked at; they hardly ever need what few have.
Knows nothing of how any of them is used.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from reelmake import catalog
from reelmake.diagnostics import Diagnostic, Note, Report, Span
from reelmake.errors import LocalTool
from reelmake.media import ffmpeg
from reelmake.model.frame import STILLS
from reelmake.model.segment import JoinWork, SegmentWork
from reelmake.model.step import Step
from reelmake.model.store_address import Cache, store_address
from reelmake.model.storyboard import Output
from reelmake.ports import Inputs
from reelmake.records import dataclass

FFMPEG = "ffmpeg"
SOMETIMES: Mapping[str, str] = {
    "zscale": "footage in high dynamic range",
    "tonemap": "footage in high dynamic range",
    "bwdif": "interlaced footage",
    "premultiply": "transparent footage",
    "perspective": "a camera that moves, or zooming out",
    "lut3d": "a look",
    "alphamerge": "an inset with round corners",
    "avgblur": "the transition whip",
    "hwupload": "encoding with vaapi",
}
"""Filters that only some films need, and what for: an ffmpeg may have been built without them."""
HINT = "use another ffmpeg: `reelmake doctor` lists what this one lacks"


def made_with(step: Step) -> str:
    """ "ffmpeg 8.0, pillow 12.0.0", and the package of an outsider's work or transition. "" if nothing but the work
    says what comes out: what we write ourselves has versions of our own. Raises LocalTool without ffmpeg."""
    said = [f"{name} {found}" for name in step.work.tools if (found := version(name))]
    said += dict.fromkeys(catalog.origin(module) for module in _modules(step))
    return ", ".join(filter(None, said))


def _modules(step: Step) -> list[str]:
    work = step.work
    modules = [type(work).__module__, work.maker.partition(":")[0]]
    if isinstance(work, JoinWork) and (transition := catalog.transition(work.transition)):
        modules.append(transition.__name__)
    return list(filter(None, modules))


@dataclass(frozen=True)
class Toolbox:
    """What steps are made with, for another machine to say what it has of that: names of tools and of encoders, and of
    the modules of works."""

    tools: Sequence[str]
    encoders: Sequence[str]
    modules: Sequence[str]

    def __call__(self) -> dict[str, str]:
        """What this machine has, by names for people; "" = it lacks it. Raises LocalTool without ffmpeg."""
        import platform

        from PIL import features

        said = {"reelmake": _ourselves(), "the processor": platform.machine(), "ffmpeg": ffmpeg.build()}
        said |= {name: version(name) for name in self.tools if name != FFMPEG}
        said["libraqm"] = features.version("raqm") or ""
        said |= {f"the encoder {name}": "yes" if ffmpeg.encodes(name) else "" for name in self.encoders}
        for module in self.modules:
            package = module.partition(".")[0]
            if package != "reelmake":
                said[package] = catalog.origin(module) if find_spec(package) else ""
        return said


def _ourselves() -> str:
    """The version of reelmake, and of what its files say: two checkouts of one version are two."""
    code, root = sha256(), Path(catalog.__file__).parents[1]
    for file in sorted(root.rglob("*.py")):
        code.update(f"{file.relative_to(root).as_posix()} {sha256(file.read_bytes()).hexdigest()}\n".encode())
    return f"{version('reelmake')} ({code.hexdigest()[:8]})"


def toolbox(steps: Iterable[Step]) -> Toolbox:
    """Of all that these steps need."""
    works, modules = [step.work for step in steps], {module for step in steps for module in _modules(step)}
    named = {name for work in works for name in work.tools}, {work.encoder for work in works} - {""}, modules
    return Toolbox(*map(sorted, named))


@cache
def version(name: str) -> str:
    """Of the ffmpeg in use, or of an installed library; "" if there is no such library."""
    if name == FFMPEG:
        return ffmpeg.version()
    found = _record(name)
    return "" if found is None else found.parent.name.removesuffix(".dist-info").partition("-")[2]


def records(steps: Iterable[Step]) -> list[Path]:
    """Files that are gone or written anew when one of the libraries is another: what installers write down. Of one that
    is not installed, the folders that it would come into."""
    names = sorted({name for step in steps for name in step.work.tools} - {FFMPEG})
    found = [_record(name) for name in names]
    absent = [Path(place) for place in sys.path if place.endswith("-packages")] if None in found else []
    return [*filter(None, found), *absent, *catalog.plug_in_files()]


@cache
def _record(name: str) -> Path | None:
    """A library's METADATA. Found by its folder's name: importlib.metadata takes ten times as long to say the same."""
    folder = re.compile(rf"{re.sub('[-_.]+', '[-_.]+', name)}-[^-]+\.dist-info", re.IGNORECASE)
    for place in map(Path, sys.path):
        if place.is_dir():
            for entry in place.iterdir():
                if folder.fullmatch(entry.name):
                    return entry / "METADATA"
    return None


def report_lacks(
    output: Output, steps: Iterable[Step], inputs: Inputs, footage: Mapping[str, Span | None], report: Report
) -> None:
    """Errors RM462 for encoders, RM463 for filters, RM469 for packages. `footage`: where the shots' files are named, by
    project path."""
    for package, install in getattr(catalog.output(output.path), "NEEDS", {}).items():
        if find_spec(package) is None:
            message = f"{output.path} needs the package {package}, which is not installed"
            report.error("RM469", message, output.span, hint=install)
    steps, tool = list(steps), ffmpeg.version()
    for encoder in sorted({step.work.encoder for step in steps} - {""}):
        if not ffmpeg.encodes(encoder):
            message = f"{output.path} needs {encoder}, and ffmpeg {tool} does not encode with it here"
            report.error("RM462", message, output.span, hint=f"choose another codec, or {HINT}")
    absent = ffmpeg.lacks(frozenset(SOMETIMES))
    if not absent:
        return
    needed: dict[str, Span | None] = {}
    for step in steps:
        needed |= dict.fromkeys(step.work.filters)
        if isinstance(step.work, JoinWork):
            needed |= dict.fromkeys(catalog.filters(step.work.transition, step.work.params))
        if isinstance(step.work, SegmentWork):
            for file in {given.file for given in step.inputs if given.file in footage}:
                needed |= dict.fromkeys(_of_file(file, inputs), footage[file])
    for name in sorted(absent & needed.keys()):
        message = f"{output.path} needs the filter {name} for {SOMETIMES[name]}, which ffmpeg {tool} lacks"
        notes = [Note("this is the footage", needed[name])] if needed[name] else []
        report.error("RM463", message, output.span, notes=notes, hint=HINT)


def absent(shared: str, cache: Cache) -> list[Diagnostic]:
    """A warning RM321 if what the shared store needs is not installed; a build does without it. `shared`: its address;
    the storyboard's `cache` may name another one."""
    from reelmake.store.bucket_client import missing

    report, address = Report(), store_address(shared)
    if install := missing(address.scheme):
        ours = cache.remote and store_address(cache.remote) == address
        message = f"{shared} needs the package obstore, which is not installed: builds leave it out"
        report.warn("RM321", message, cache.spans.get("remote") if ours else None, hint=install)
    return report.sorted()


def _of_file(file: str, inputs: Inputs) -> frozenset[str]:
    from reelmake.media.material import material
    from reelmake.media.readers import ask

    with suppress(LocalTool):  # whoever shows it says it better
        return frozenset() if file.lower().endswith(STILLS) else ask(material, inputs.path(file)).filters
    return frozenset()
