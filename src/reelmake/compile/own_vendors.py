"""The vendors' files of a project: which providers name one, and what is known of its models. Each is read once.

Knows nothing of what stands in such a file (vendor_file), and loads nobody who does where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from reelmake.compile.merge import ProjectTexts
from reelmake.compile.node import Node
from reelmake.compile.paths import project_path
from reelmake.model.provider import Model
from reelmake.model.storyboard import Storyboard

if TYPE_CHECKING:
    from reelmake.diagnostics import Source
    from reelmake.model.vendor import Vendor

SUFFIXES = (".yaml", ".yml", ".json")
Files = dict[str, "tuple[Source, Vendor | None] | None"]
"""Files that were looked for, by the kind that names them; each is opened and judged once."""


def is_path(kind: str) -> bool:
    """Is a kind of provider the path of a file of the project, not a name on the shelf?"""
    return kind.endswith(SUFFIXES)


def with_files(
    root: Node, board: Storyboard, texts: ProjectTexts, files: Files
) -> tuple[Storyboard, dict[str, Vendor]]:
    """The board, its providers with their files, and the vendors in these, by kind; what is wrong has been reported."""
    specs, vendors = dict(board.providers), {}
    for name, spec in board.providers.items():
        place = root.get("providers", name, "kind")
        if place is None or not is_path(spec.kind):
            continue
        if spec.kind not in files:
            from reelmake.compile.vendor_file import read_vendor

            path = project_path(spec.kind, place.span, texts.report)
            source = texts.open(path, place.span) if path is not None else None
            files[spec.kind] = (source, read_vendor(source, spec.kind, texts.report)) if source else None
        found = files[spec.kind]
        if found is not None and found[1] is not None:
            specs[name], vendors[spec.kind] = replace(spec, text=found[0]), found[1]
    return replace(board, providers=specs), vendors


def with_told(models: Mapping[str, Model], told: Mapping[str, Model]) -> Mapping[str, Model]:
    """What a file says of its models, and over it what is known from elsewhere: from the vendor, when it was asked."""
    if not models:
        return told
    found = dict(models)
    for name, model in told.items():
        new = {f.name: value for f in fields(Model) if (value := getattr(model, f.name)) not in (None, "", (), {}, 0)}
        found[name] = replace(found[name], **new) if name in found else model
    return found
