"""Check what this machine has for reelmake: ffmpeg, fonts, credentials (present or not, never shown), disk."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reelmake import __version__, catalog
from reelmake.commands import _open, _options
from reelmake.errors import LocalTool, Mistake
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.session.workspace import Workspace


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard", "json")


def run(args: argparse.Namespace, console: Console) -> int:
    findings = [*_tools(), *_project(args)]
    if console.json:
        rows = [{"what": what, "ok": ok, "found": found} for what, ok, found in findings]
        console.object({"reelmake": 1, "ok": all(ok for _, ok, _ in findings), "findings": rows})
    else:
        wide = max(len(what) for what, _, _ in findings)
        for what, ok, found in findings:
            mark = console.paint_result(*("✓", "good") if ok else ("✗", "bad"))
            told = console.fitted(" " * (wide + 4) + found, wide + 4)
            console.result(f"{mark} {what.ljust(wide)}  {told.lstrip()}")
    return 0 if all(ok for _, ok, _ in findings) else 1


def _tools() -> list[tuple[str, bool, str]]:
    import platform

    from reelmake.media import ffmpeg
    from reelmake.media.font import font
    from reelmake.model.codec import CODECS, HARDWARE, WEBP
    from reelmake.prep.tools import SOMETIMES

    found = [("reelmake", True, f"{__version__} on Python {platform.python_version()}")]
    try:
        found.append(("ffmpeg", True, f"{ffmpeg.version()} ({ffmpeg.program()})"))
    except LocalTool as error:
        found.append(("ffmpeg", False, str(error)))
        return [*found, ("font", font().is_file(), font().name)]
    wanted = [*sorted(codec.encoder for codec in CODECS.values()), WEBP]
    encoders = list(filter(ffmpeg.encodes, wanted))
    devices = filter(ffmpeg.encodes, (f"{codec}_{maker}" for maker in HARDWARE for codec in ("h264", "hevc", "av1")))
    missing = [name for name in wanted if name not in encoders]
    found.append(("encoders", not missing, ", ".join(encoders) + (f"; not {', '.join(missing)}" if missing else "")))
    found.append(("hardware encoders", True, ", ".join(devices) or "none"))
    absent = ffmpeg.lacks(frozenset(SOMETIMES))
    told = "; ".join(f"no {name}: {SOMETIMES[name]}" for name in sorted(absent))
    found.append(("filters", not absent, told or "all there"))
    found.append(("font", font().is_file(), font().name))
    found.append(("memory", True, _memory()))
    found.append(("packages", True, _packages()))
    packages, failed = catalog.others()
    found.append(("plug-ins", not failed, "; ".join(dict.fromkeys(failed) or packages) or "none"))
    return found


def _packages() -> str:
    """Which of the packages are there that the plain install does not bring, and what the others are for."""
    from importlib.util import find_spec

    optional = [
        (package, f"{', '.join(kind.SUFFIXES)} outputs", install)
        for kind in catalog.members("outputs").values()
        for package, install in getattr(kind, "NEEDS", {}).items()
    ]
    buckets = 'pip install "reelmake[s3]", or [gcs], [azure]'
    optional.append(("obstore", "a shared store in a bucket", buckets))
    optional.append(("keyring", "keys in the keyring of the system", 'pip install "reelmake[keyring]"'))
    optional.append(
        ("cryptography", "signatures of a shared store, and service accounts", 'pip install "reelmake[trust]"')
    )
    optional.append(("distributed", "build --executor", 'pip install "reelmake[dask]"'))
    there = [name for name, _, _ in optional if find_spec(name)]
    absent = [f"no {name}, for {use}: {install}" for name, use, install in optional if name not in there]
    return "; ".join([", ".join(there), *absent] if there else absent)


def _memory() -> str:
    """How much there is, as what it is good for."""
    from fractions import Fraction

    from reelmake.media.machine import spare
    from reelmake.model.frame import Size
    from reelmake.model.segment import VideoFormat

    free = spare()
    if free is None:
        return "unknown on this system"
    shown = (Size(1280, 720), Size(3840, 2160))
    counts = [free // VideoFormat(size, Fraction(24), 18, "medium").memory for size in shown]
    small, large = (max(1, count) for count in counts)
    return f"{free / 1e9:.1f} GB for local work: up to {small} concurrent 720p encodes, {large} at 2160p"


def _shared(workspace: Workspace) -> list[tuple[str, bool, str]]:
    """Where takes are shared, and what of it can be done from here. Nobody is asked."""
    from reelmake.model.store_address import store_address
    from reelmake.store.bucket_client import missing
    from reelmake.world.shared_store import VARIABLE

    try:
        remote = workspace.remote
    except LocalTool as error:
        return [("shared store", False, str(error))]
    if remote is None:
        return []
    if install := missing(store_address(remote.name).scheme):
        return [("shared store", False, f"{remote.name} needs the package obstore: {install}")]
    if not remote.allowed:
        can = f"is read at most as everybody may: to use it with your credentials, set {VARIABLE}={remote.name}"
    else:
        can = "is only read: there is nothing here to write to it with" if remote.silent else "is read and pushed to"
    return [("shared store", True, f"{remote.name} {can}")]


def _project(args: argparse.Namespace) -> list[tuple[str, bool, str]]:
    import os
    import shutil
    from pathlib import Path

    from reelmake.session.project import read
    from reelmake.world import secrets
    from reelmake.world.connection import unbound

    try:
        project = read(_open.workspace(args))
    except Mistake as error:
        free = shutil.disk_usage(Path.cwd()).free
        disk = ("disk", free > 1 << 30, f"{free / 1e9:.1f} GB free here")
        return [disk, ("storyboard", True, f"none here ({error})")]
    workspace = project.workspace
    root = workspace.root
    free = shutil.disk_usage(root).free
    found = [("disk", free > 1 << 30, f"{free / 1e9:.1f} GB free in {root}")]
    found.append(("storyboard", project.script.ok, workspace.shown(workspace.storyboard.name)))
    for spec in project.providers.values():
        if spec.api_key:
            needs = [f"needs {lack.what}: {lack.remedy}" for lack in secrets.lacks(spec)]
            if not needs and (barred := unbound([spec], workspace.bindings)):
                needs = [f"{barred}: {barred.next_steps[0]}"]
            found.append((f"provider {spec.name}", not needs, "; ".join(needs) or f"{spec.api_key} is set"))
    found += _shared(workspace)
    writable = os.access(root, os.W_OK)
    found.append(("folder", writable, "can be written" if writable else f"{root} cannot be written"))
    return found
