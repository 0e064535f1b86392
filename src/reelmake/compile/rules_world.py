"""Rules about providers, tiers, secrets and files (RM5xx, RM6xx). One small function a rule."""

from __future__ import annotations

from collections.abc import Iterator

from reelmake.compile.expand import PLACEHOLDER, SECRETS
from reelmake.compile.given import Given, Rule, place, unloadable
from reelmake.compile.literals import has_password, looks_secret
from reelmake.compile.node import Node
from reelmake.compile.own_vendors import is_path
from reelmake.compile.paths import limit_file, openable, project_path
from reelmake.compile.validate import Validator
from reelmake.diagnostics import Note, Report
from reelmake.model import carriage
from reelmake.model.compiled import Mention, Use
from reelmake.model.storyboard import SKETCH, CutEntry


def tiers(given: Given, report: Report) -> None:
    known = given.board.tiers
    said = [(shot.tier, place(shot, "tier")) for shot in given.board.shots.values() if shot.tier]
    default = given.root.get("defaults", "tier")
    said += [(given.board.defaults.tier, default.span)] if default is not None and given.board.defaults.tier else []
    for name, span in said:
        if name not in known:
            report.error("RM501", f'unknown tier "{name}"', span, near=(name, known))


def tier_providers(given: Given, report: Report) -> None:
    for tier in given.board.tiers.values():
        node = given.root.get("tiers", tier.name, "provider")
        if node is not None and tier.provider and tier.provider not in given.board.providers:
            report.error(
                "RM502",
                f'unknown provider "{tier.provider}"',
                node.span,
                near=(tier.provider, given.board.providers),
            )


def sketch(given: Given, report: Report) -> None:
    """It needs no line in the storyboard, so there is none to show when it is missing."""
    if any(
        s.kind is None and s.provider and s.provider.name == SKETCH == s.provider.kind for s in given.settled.values()
    ):
        why = unloadable(given.kinds, SKETCH) or "the provider sketch comes with reelmake, and is not installed here"
        report.error("RM503", why, None, hint="install reelmake again")


def provider_kinds(given: Given, report: Report) -> None:
    for provider in given.board.providers.values():
        node = given.root.get("providers", provider.name, "kind")
        if node is None or not provider.kind:
            continue
        if is_path(provider.kind) and provider.kind not in given.kinds:
            continue  # what is wrong with the file has been said
        if why := unloadable(given.kinds, provider.kind):
            report.error("RM503", why, node.span)
        elif provider.kind not in given.kinds:
            report.error(
                "RM503",
                f'unknown kind of provider "{provider.kind}"',
                node.span,
                near=(provider.kind, given.kinds),
            )
        elif provider.name == SKETCH and provider.kind != SKETCH:
            report.error(
                "RM507",
                "the provider sketch is built in and free; another kind cannot have its name",
                node.span,
                hint="give it a name of its own",
            )


def addresses(given: Given, report: Report) -> None:
    """A provider in use says where it is, if its kind does not."""
    used = {s.provider.name: (s.provider, s.kind) for s in given.settled.values() if s.provider and s.kind}
    for name, (provider, kind) in used.items():
        if kind.base_url == "" and not provider.base_url and given.root.get("providers", name, "base_url") is None:
            hint = "add `base_url:`, up to and with the version"
            report.error("RM522", f'the provider "{name}" ({kind.kind}) has no address', provider.span, hint=hint)


def options(given: Given, report: Report) -> None:
    """A kind that declares its options has no others, but for those of everything that is reached over HTTP."""
    for name, _, entry in given.root.entries("providers"):
        spec, node = given.board.providers.get(name), entry.get("options")
        kind = given.kinds.get(spec.kind) if spec is not None else None
        if kind is not None and node is not None and node.kind == "map" and not kind.local:
            Validator(report).options(node, {**kind.options, **carriage.OPTIONS}, more=not kind.options)


def secrets(given: Given, report: Report) -> None:
    for name, _, provider in given.root.entries("providers"):
        for secret in SECRETS:
            key = provider.get(secret)
            if key is not None and key.kind == "text" and not PLACEHOLDER.fullmatch(key.value.strip()):
                report.error(
                    "RM504",
                    f'the {secret} of "{name}" is written literally in the storyboard',
                    key.span,
                    hint="write ${env:NAME} and put the key into that variable, or ${keyring:NAME}; "
                    "a key that was committed must be replaced",
                )
        address = provider.get("base_url")
        if address is not None and address.kind == "text" and has_password(address.value):
            report.error(
                "RM504",
                f'the base_url of "{name}" contains a password',
                address.span,
                hint="keep it where secrets belong: `api_key: ${env:NAME}`",
            )
    for path in (("providers",), ("tiers",), ("shots",)):
        for _, _, entry in given.root.entries(*path):
            for part in ("options", "extras"):
                for key_name, value in _leaves(entry.get(part)):
                    if value.kind == "text" and looks_secret(key_name, value.value):
                        report.error(
                            "RM504",
                            f'"{key_name}" looks like a secret',
                            value.span,
                            hint="secrets come from the environment: `api_key: ${env:NAME}` on the provider",
                        )


def _leaves(node: Node | None) -> Iterator[tuple[str, Node]]:
    if node is None:
        return
    for name, _, value in node.entries():
        if value.kind == "map":
            yield from _leaves(value)
        else:
            yield name, value


def abilities(given: Given, report: Report) -> None:
    """What a shot asks of its provider that this kind cannot do."""
    for shot in given.generated:
        settled = given.settled[shot.id]
        kind, provider = settled.kind, settled.provider
        if kind is None or provider is None:
            continue
        who = f'the provider "{provider.name}" ({kind.kind})'
        if shot.relation in ("remix", "extend") and shot.relation not in kind.operations:
            report.error(
                "RM505",
                f"{who} cannot {shot.relation} a clip",
                place(shot, shot.relation),
                notes=_why(given, shot.tier),
                hint="`continue:` starts from the last frame and works with every provider that takes an image",
            )
        if (shot.image or shot.relation == "continue") and not kind.image:
            report.error("RM506", f"{who} takes no first image", place(shot, "image" if shot.image else "continue"))
        if shot.last_image and not kind.last_image:
            report.error("RM506", f"{who} takes no last image", place(shot, "last_image"))


def _why(given: Given, tier: str) -> list[Note]:
    node = given.root.get("tiers", tier, "provider") if tier else None
    return [Note("the tier names it here", node.span)] if node is not None else []


def same_provider(given: Given, report: Report) -> None:
    """A remote provider changes or lengthens only what it made itself."""
    for shot in given.generated:
        parent = given.board.shots.get(shot.parent)
        if parent is None or parent.file or shot.relation not in ("remix", "extend"):
            continue
        mine, theirs = given.settled[shot.id], given.settled[parent.id]
        if mine.provider is None or theirs.provider is None or mine.provider == theirs.provider:
            continue
        if mine.kind is None or mine.kind.local:
            continue
        if mine.if_gone in ("upload", "continue"):  # then it need not be there
            continue
        report.error(
            "RM509",
            f'"{parent.id}" is made by "{theirs.provider.name}": "{mine.provider.name}" cannot {shot.relation} it',
            place(shot, shot.relation),
            hint="use one tier for both, or `continue:`, or say `if_gone: upload` or `if_gone: continue`",
        )


def extras(given: Given, report: Report) -> None:
    """Fields that the vendor does not have, on shots and on the tiers that are in use."""
    told: set[str] = set()
    for shot in given.generated:
        settled = given.settled[shot.id]
        places = [("shots", shot.id)]
        if settled.tier is not None and settled.tier.name not in told:
            places.append(("tiers", settled.tier.name))
            told.add(settled.tier.name)
        kind = settled.kind
        if kind is None or not kind.extras:
            continue
        for where in places:
            for name, key, _ in given.root.entries(*where, "extras"):
                if name not in kind.extras:
                    near = (name, kind.extras)
                    report.error("RM508", f'{kind.kind} knows no extra "{name}"', key.span, near=near)


def models(given: Given, report: Report) -> None:
    """A remote tier in use must name a model, where the kind has none of its own."""
    told: set[str] = set()
    for shot in given.generated:
        settled = given.settled[shot.id]
        tier, kind = settled.tier, settled.kind
        if tier is None or kind is None or kind.local or tier.model or kind.default_model or tier.name in told:
            continue
        told.add(tier.name)
        report.error(
            "RM510",
            f'the tier "{tier.name}" names no model, and {kind.kind} has no default',
            tier.span,
            hint="add `model:`",
        )


def limit_files(given: Given, report: Report) -> None:
    for name, provider in given.board.providers.items():
        node = given.root.get("providers", name, "limits", "file")
        if node is not None and provider.limits.file:
            limit_file(provider.limits.file, node.span, report)


def files(given: Given, report: Report) -> None:
    for mention in mentions(given):
        normal = project_path(mention.path, mention.span, report)
        if normal is not None:
            openable(normal, mention.span, given.exists, given.barred, report)


def _of_entry(entry: CutEntry) -> Iterator[Mention]:
    """The files that an entry of the cut names beside its shot."""
    for title in entry.titles:
        named: tuple[tuple[str, str, Use], ...] = (
            ("font", title.lettering.font, "font"), ("logo", title.lettering.logo, "picture"),
        )  # fmt: skip
        for key, path, use in named:
            if path:
                yield Mention(path, use, title.spans.get(key, title.span))
    if entry.look:
        yield Mention(entry.look, "look", entry.spans.get("look", entry.span))


def mentions(given: Given) -> Iterator[Mention]:
    """Every file that the storyboard names, and what for."""
    for shot in given.board.shots.values():
        uses: dict[str, Use] = {"image": "reference", "last_image": "reference", "look": "look"}
        uses["file"] = "picture" if shot.still else "footage"
        for key, use in uses.items():
            if getattr(shot, key):
                yield Mention(getattr(shot, key), use, place(shot, key))
    for name, character in given.board.characters.items():
        if character.image:
            node = given.root.get("characters", name, "image")
            yield Mention(character.image, "reference", node.span if node is not None else character.span)
    given_once: tuple[tuple[str, str, Use], ...] = (
        ("captions", "font", "font"), ("watermark", "image", "picture"), ("defaults", "look", "look"),
    )  # fmt: skip
    for noun, key, use in given_once:
        node = given.root.get(noun, key)
        if node is not None and node.kind == "text":
            yield Mention(node.value, use, node.span)
    for entry in given.board.cut or ():
        yield from _of_entry(entry)
    if given.board.sound.music is not None and given.board.sound.music.file:
        yield Mention(given.board.sound.music.file, "sound", given.board.sound.music.span)
    for track in given.board.sound.tracks:
        if track.file:
            yield Mention(track.file, "sound", track.span)


RULES: tuple[Rule, ...] = (
    tiers, tier_providers, sketch, provider_kinds, options, addresses, secrets, abilities, same_provider, extras,
    models, files, limit_files,
)  # fmt: skip
