"""List what each provider and model can do: sizes, seconds, operations, pictures, price, limits, sunset, source.

In a project the providers of its storyboard with the models that its tiers name; elsewhere every kind there is. A
provider, a kind or a model may be named. Secrets are never shown, only whether there is one. `--refresh` asks the
vendors that list their models themselves, and remembers what they say; it also shows what is left in the account,
where a vendor says so.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reelmake import catalog
from reelmake.commands import _open, _options
from reelmake.diagnostics import did_you_mean
from reelmake.errors import Mistake, StepError, Unbound
from reelmake.model.provider import Model
from reelmake.model.storyboard import ProviderSpec, Tier
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.report.offers import ProviderOffer
    from reelmake.session.project import Project
    from reelmake.world.bindings import Bindings

Known = Mapping[str, Model]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="a provider, a kind or a model")
    _options.add(parser, "storyboard", "json")
    parser.add_argument("--all", action="store_true", help="every model that is known, not only those in use")
    parser.add_argument("--refresh", action="store_true", help="ask the vendors that list their models; costs nothing")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import offers as report
    from reelmake.world.clock import SystemClock

    project = _project(args, console)
    if args.refresh:
        _refresh(project, console)
        project = _project(args, console)
    everything = args.all or bool(args.name)
    found = _of_project(project, everything) if project else []
    if args.name or not project:
        found = _named(args.name, found, everything or console.json)
    today = SystemClock().utc()[:10]
    if console.json:
        console.object(report.as_json(found, today))
    else:
        console.result(report.text(found, today, console.width, colour=console.colour_out), drawn=True)
    return 0


def _project(args: argparse.Namespace, console: Console) -> Project | None:
    """The storyboard's, if one is named or in sight and has no errors: what a model can do helps to mend them."""
    try:
        workspace = _open.workspace(args)
    except Mistake:
        if args.file is not None or args.profile or args.settings:
            raise
        return None
    from reelmake.session.project import read

    project = read(workspace)
    if not project.script.ok:
        console.say(f"{workspace.shown(workspace.storyboard.name)} has errors (reelmake check), so every kind is shown")
        return None
    return project


def _of_project(project: Project, everything: bool) -> list[ProviderOffer]:
    from reelmake.compile.models import lookup

    found = []
    for name, spec in project.providers.items():
        known: dict[str, Model] = {}
        tiers: dict[str, Tier] = {}
        said = set()
        for variant in project.script.variants:
            known |= variant.models.get(name, {})
            tiers |= {t.name: t for t in variant.board.tiers.values() if t.provider == name and t.model}
            said |= {m.name for m in variant.models.get(name, {}).values() if m.source.startswith("the storyboard")}
        named = {
            t.model: replace(lookup(known, t.model) or Model(t.model, spec.kind), name=t.model) for t in tiers.values()
        }
        used = {**named, **{model: known[model] for model in said}}
        shown = {**used, **known} if everything else used
        found.append(_offer(spec, shown, len(known.keys() | used.keys()) - len(shown), tiers))
    return found


def _offer(spec: ProviderSpec, models: Known, more: int, tiers: Mapping[str, Tier]) -> ProviderOffer:
    from reelmake.report.offers import ProviderOffer
    from reelmake.world import secrets

    can = catalog.kinds()[spec.kind] if spec.text is None else catalog.vendor(spec.kind, spec.text).capabilities
    places = [(place.removeprefix("keyring:"), not secrets.lack(place)) for place in (spec.api_key,) if place]
    return ProviderOffer(
        name=spec.name,
        can=can.at(spec.options),
        address=catalog.addressed(spec).base_url,  # as the storyboard has it
        secrets=tuple(places),
        limits=spec.limits,
        models=tuple(models.values()),
        more=more,
        tiers=tiers,
    )


def _named(name: str, found: list[ProviderOffer], everything: bool) -> list[ProviderOffer]:
    """Those of that name: providers of the storyboard, else kinds, else the models of either."""
    mine = [offer for offer in found if not name or offer.name == name]
    if mine:
        return mine

    kinds = [_offer(ProviderSpec(kind, kind), catalog.models(kind), 0, {}) for kind in catalog.kinds()]
    theirs = [offer for offer in kinds if not name or offer.name == name]
    if not name and not everything:
        return [replace(offer, models=(), more=len(offer.models)) for offer in theirs]
    if not theirs:
        called = [(o, [m for m in o.models if name in (m.name, m.name.rpartition("/")[2])]) for o in (*found, *kinds)]
        theirs = [replace(offer, models=tuple(models), more=0) for offer, models in called if models]
    if not theirs:
        names = {o.name for o in (*found, *kinds)} | {m.name for o in (*found, *kinds) for m in o.models}
        message = f'no provider, kind or model is called "{name}"'
        raise Mistake.of("RM713", message, hint=did_you_mean(name, names))
    return theirs


def _refresh(project: Project | None, console: Console) -> None:
    """Notes what the vendors say of their models, by kind."""
    from reelmake.prep.memory import ModelCatalog
    from reelmake.world import secrets

    if project is None:
        console.complain("no storyboard here names a provider to ask")
        return

    said: dict[str, tuple[Model, ...]] = {}
    bindings = project.workspace.bindings
    for spec in project.providers.values():
        if not hasattr(catalog.module(spec), "converse"):
            continue
        if missing := secrets.lacks(spec):
            console.say(f"{spec.name}: not asked, it needs " + " and ".join(lack.what for lack in missing))
            continue
        try:
            models, left = _open.permitted(bindings, console, partial(_asked, spec, bindings))
        except (StepError, Unbound) as error:
            console.complain(f"{spec.name}: {error} [{error.code}]")
            continue
        if left:
            console.say(f"{spec.name}: {left} left in the account, in its own unit")
        if models is None:
            console.say(f"{spec.name}: it does not list its models")
        else:
            said[spec.kind] = models
            console.say(f"{spec.name}: {len(models)} model{'s' * (len(models) != 1)}")
    ModelCatalog(project.workspace.notes).update(said)


def _asked(spec: ProviderSpec, bindings: Bindings) -> tuple[tuple[Model, ...] | None, str]:
    """Its models, if it lists them, and what is left in the account, if it says so. Raises Unbound, StepError."""
    import asyncio

    from reelmake.wire.carrier import HttpProvider
    from reelmake.world.connection import connect

    async def talked() -> tuple[tuple[Model, ...] | None, str]:
        provider = connect(spec, bindings)
        try:
            if not isinstance(provider, HttpProvider):
                return None, ""
            models, credit = (getattr(provider.conversation, name, None) for name in ("models", "credit"))
            left = await provider.hold(credit()) if credit else ""
            return await provider.hold(models()) if models else None, left
        finally:
            await provider.close()

    return asyncio.run(talked())
