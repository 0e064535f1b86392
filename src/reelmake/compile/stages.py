"""Text to a compiled storyboard: the stages of compile in order.

Read, include, profile, settings, matrix; then for each variant expand, form, build, check, lower.

Never raises for what an author wrote: that is in its diagnostics.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from fractions import Fraction
from functools import cache
from typing import cast

from reelmake.compile import (
    rules_cache,
    rules_cut,
    rules_models,
    rules_shots,
    rules_sound,
    rules_speech,
    rules_workflows,
    rules_world,
)
from reelmake.compile.animatic import animatic
from reelmake.compile.bulk import MOST, Bulk
from reelmake.compile.draft import drafted, silent, with_placeholders
from reelmake.compile.expand import Names
from reelmake.compile.given import Given, Rule
from reelmake.compile.loose_shots import put_loose
from reelmake.compile.lower import lower
from reelmake.compile.matrix import MatrixRow, rows
from reelmake.compile.merge import ProjectTexts, TextFiles, include, profiled
from reelmake.compile.merge import settings as put_settings
from reelmake.compile.models import read_models
from reelmake.compile.node import Node, with_entries
from reelmake.compile.overlays import with_cues
from reelmake.compile.own_vendors import Files, with_files, with_told
from reelmake.compile.own_workflows import Read, with_workflows
from reelmake.compile.read import decode, read
from reelmake.compile.reference_images import reference_images
from reelmake.compile.rungs import with_rungs
from reelmake.compile.settle import settle, within
from reelmake.compile.signers import signers
from reelmake.compile.typed_shots import CAST
from reelmake.compile.typed_tree import build
from reelmake.compile.validate import Validator
from reelmake.diagnostics import Note, Report, Source
from reelmake.model.compiled import Compiled, Variant
from reelmake.model.provider import Capabilities, Model
from reelmake.model.signer import Signers
from reelmake.model.storyboard import Storyboard
from reelmake.model.wish import Overrides
from reelmake.records import dataclass

__all__ = ["RULES", "Shelves", "compile_script", "decode"]

RULES: tuple[Rule, ...] = (
    *rules_shots.RULES,
    *rules_cut.RULES,
    *rules_sound.RULES,
    *rules_speech.RULES,
    *rules_world.RULES,
    *rules_cache.RULES,
    *rules_models.RULES,
    *rules_workflows.RULES,
)
_NOT_EXPANDED = ("profiles", "include", "vars", "matrix", "cache")


@dataclass(frozen=True, slots=True)
class Shelves:
    """What is installed: provider `kinds`, `transitions` (name to parameters), `outputs` (suffix to options), and what
    is known of a kind's `models`."""

    kinds: Mapping[str, Capabilities]
    transitions: Mapping[str, frozenset[str]]
    outputs: Mapping[str, frozenset[str]]
    models: Callable[[str], Mapping[str, Model]] = lambda kind: {}


def compile_script(
    root: Source,
    files: TextFiles,
    shelves: Shelves,
    overrides: Overrides = Overrides(),  # noqa: B008 (it is frozen)
    *,
    today: str = "",
    most: int = MOST,
) -> Compiled:
    """Everything there is to know of a storyboard before any record is looked at.

    `today`: the date (ISO), to warn of models that end, "" = do not. `most`: steps that it may come to. No variants
    come back with an error.
    """
    report = Report()
    texts = ProjectTexts(files.open, cache(files.exists), cache(files.barred), report, [root])
    tree = read(root, report)
    variants: list[Variant] = []
    trusted: Signers = {}
    if tree is not None:
        form = Validator(report)
        tree = profiled(include(tree, texts, form), overrides.profile, report)
        tree = put_settings(tree, dict(overrides.settings), report)
        tree = put_loose(tree, overrides.loose, report) if overrides.loose else tree
        tree = drafted(tree) if overrides.draft else tree
        trusted = signers(tree, texts)
        found = rows(tree, texts)
        if texts.broken or not found:
            form.document(tree)  # names may be missing: only the form can be judged
            found = []
        shared = _Shared(shelves, texts, today, overrides.shapes, overrides.stills)
        bulk = Bulk(tree, len(found), most, report)
        for row in found if bulk.begins() else ():
            here = _of_variant(overrides.placeholders, row.name)
            variant = _variant(with_placeholders(tree, here) if here else tree, row, form, shared, here)
            if variant is not None:
                variants.append(variant)
                if not bulk.goes_on(variant):
                    break
    done = () if report.failed else tuple(variants)
    return Compiled(done, tuple(texts.sources), tuple(report.sorted()), overrides.draft, trusted)


def _of_variant(placeholders: Mapping[str, Fraction], variant: str) -> dict[str, Fraction]:
    """Those of one variant, by the shot's id."""
    found = ((address.rpartition("/"), seconds) for address, seconds in placeholders.items())
    return {shot: seconds for (of, _, shot), seconds in found if of == variant}


@dataclass
class _Shared:
    """What is the same for every variant. `stills`: are clips left for later? `files`: the project's own kinds;
    `workflows`: its workflows."""

    shelves: Shelves
    texts: ProjectTexts
    today: str
    shaped: bool
    stills: bool
    files: Files = field(default_factory=dict)
    workflows: Read = field(default_factory=dict)


def _variant(tree: Node, row: MatrixRow, form: Validator, shared: _Shared, missing: Collection[str]) -> Variant | None:
    """One variant, checked; None if there is an error in what was read so far. `missing`: placeholders, by id."""
    report, shelves = form.report, shared.shelves
    names = _names(tree, row, report)
    expanded = _expand(tree, names)
    form.document(expanded)
    written = with_cues(build(expanded, row.name), shared.texts)
    board, vendors = with_files(expanded, written, shared.texts, shared.files)
    kinds = _also({kind: vendor.capabilities for kind, vendor in vendors.items()}, shelves.kinds)
    bound, flows = with_workflows(expanded, board, kinds, shared.texts, shared.workflows)
    kinds = _also(bound, kinds)
    own = {**flows, **{kind: vendor.models for kind, vendor in vendors.items()}}
    models = {
        name: read_models(
            expanded.get("providers", name, "models"),
            spec.kind,
            with_told(own.get(spec.kind, {}), shelves.models(spec.kind)),
        )
        for name, spec in board.providers.items()
    }
    made = (*expanded.entries("shots"), *expanded.entries("stills"))
    broken = frozenset(n for n, _, node in made if id(node) in form.broken)
    style = expanded.get("style")

    def given_of(board: Storyboard) -> Given:
        settled = settle(board, kinds, models)
        return Given(
            board,
            expanded,
            shared.shaped,
            settled,
            broken,
            kinds,
            shelves.transitions,
            shelves.outputs,
            shared.texts.exists,
            shared.texts.barred,
            shared.today,
            reference_images(board, settled, style.cast if style is not None else ()),
        )

    given = given_of(board)
    for rule in RULES:
        rule(given, report)
    if report.failed:
        return None
    slates = lower(board, given.settled, given.images)
    if any(shot.fallback for shot in board.pictured.values()) or any(tier.fallback for tier in board.tiers.values()):
        slates = with_rungs(given, slates, given_of, RULES, report)
    if any(line.id in missing for line in board.lines):
        given = given_of(silent(board, missing))
        board, slates = given.board, lower(given.board, given.settled, given.images)
    if shared.stills and not report.failed:
        given = given_of(animatic(given))
        board, film = given.board, slates
        slates = lower(board, given.settled, given.images)
        slates = {
            a: known if (known := film.get(a)) and known.orders == slate.orders else slate
            for a, slate in slates.items()
        }
    return Variant(within(board, given.settled), slates, models, tuple(rules_world.mentions(given)))


def _also(own: dict[str, Capabilities], shelf: Mapping[str, Capabilities]) -> Mapping[str, Capabilities]:
    """The project's own kinds before those of the shelf, of which none is read that is not asked for."""
    return _Also(own, cast("dict[str, Capabilities]", shelf)) if own else shelf


class _Also(ChainMap[str, Capabilities]):
    def __missing__(self, kind: str) -> Capabilities:
        return self.maps[-1][kind]  # the shelf knows why


def _names(tree: Node, row: MatrixRow, report: Report) -> Names:
    """Variables (a row's values win over `vars`) and the cast."""
    values = {
        name: node for name, _, node in tree.entries("vars") if node.kind not in ("map", "list", "null")
    } | row.values
    looks: dict[str, Node] = {}
    first: dict[str, tuple[str, Node]] = {name: ("variable", node) for name, node in values.items()}
    for kind, name, key, node in ((noun[:-1], *entry) for noun in CAST for entry in tree.entries(noun)):
        look = node.get("look")
        other, where = first.setdefault(name, (kind, key))
        if where is not key:
            notes = [Note(f"the {other} is here", where.span)]
            says = f'"{name}" is a {other} and a {kind}'
            report.error("RM215", says, key.span, notes=notes, hint="rename one of them")
        elif look is not None and look.kind == "text":
            looks[name] = look
    return Names(values, looks, report)


def _expand(tree: Node, names: Names) -> Node:
    entries = {
        name: node if name in _NOT_EXPANDED or name.startswith("x-") else names.expand(node, (name,))
        for name, node in tree.value.items()
    }
    if "outputs" in entries:
        entries["outputs"] = names.rename(entries["outputs"])
    return with_entries(tree, entries)
