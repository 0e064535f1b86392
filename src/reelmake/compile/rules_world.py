"""Rules about providers, tiers, secrets and files (RM5xx, RM6xx). One small function a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reelmake.compile.expand import PLACEHOLDER, SECRETS
from reelmake.compile.given import Given, Rule, place, unknown, unloadable
from reelmake.compile.literals import has_password, looks_secret
from reelmake.compile.node import Node
from reelmake.compile.own_vendors import is_path
from reelmake.compile.paths import limit_file, openable, project_path
from reelmake.compile.validate import Validator
from reelmake.diagnostics import Note, Report
from reelmake.model.compiled import Mention, Use
from reelmake.model.http import OPTIONS as CARRIAGE
from reelmake.model.medium import BY_ID, CLIP
from reelmake.model.order import ImageInput
from reelmake.model.storyboard import SKETCH


def tiers(given: Given, report: Report) -> None:
    board = given.board
    said = [(shot.tier, place(shot, "tier")) for shot in board.pictured.values()]
    fallbacks = [shot.fallback for shot in board.pictured.values()] + [tier.fallback for tier in board.tiers.values()]
    said += [(rung.tier, rung.spans.get("tier")) for rungs in fallbacks for rung in rungs]
    said += [(voice.tier, voice.spans.get("tier")) for voice in board.voices.values()]
    said += [(board.sound.music.tier, board.sound.music.spans.get("tier"))] if board.sound.music else []
    said += [(getattr(board.defaults, key), given.root.place("defaults", key)) for key in ("tier", "still", "speech")]
    for name, span in said:
        if name and name not in given.board.tiers:
            unknown(report, "RM501", "tier", name, span, given.board.tiers)


def tier_providers(given: Given, report: Report) -> None:
    for tier in given.board.tiers.values():
        span = given.root.place("tiers", tier.name, "provider")
        if span is not None and tier.provider and tier.provider not in given.board.providers:
            unknown(report, "RM502", "provider", tier.provider, span, given.board.providers)


def sketch(given: Given, report: Report) -> None:
    """It needs no line in the storyboard, so there is none to show when it is missing."""
    if any(
        s.kind is None and s.provider and s.provider.name == SKETCH == s.provider.kind for s in given.settled.values()
    ):
        why = unloadable(given.kinds, SKETCH) or "the provider sketch comes with reelmake, and is not installed here"
        report.error("RM503", why, None, hint="install reelmake again")


def provider_kinds(given: Given, report: Report) -> None:
    for provider in given.board.providers.values():
        span = given.root.place("providers", provider.name, "kind")
        if span is None or not provider.kind:
            continue
        if is_path(provider.kind) and provider.kind not in given.kinds:
            continue  # what is wrong with the file has been said
        if why := unloadable(given.kinds, provider.kind):
            report.error("RM503", why, span)
        elif provider.kind not in given.kinds:
            unknown(report, "RM503", "kind of provider", provider.kind, span, given.kinds)
        elif provider.name == SKETCH and provider.kind != SKETCH:
            says = "the provider sketch is built in and free; another kind cannot have its name"
            report.error("RM507", says, span, hint="give it a name of its own")


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
            Validator(report).options(node, {**kind.options, **CARRIAGE}, more=not kind.options)


def secrets(given: Given, report: Report) -> None:
    for name, _, provider in given.root.entries("providers"):
        for secret in SECRETS:
            key = provider.get(secret)
            if key is not None and key.kind == "text" and not PLACEHOLDER.fullmatch(key.value.strip()):
                says = f'the {secret} of "{name}" is written literally in the storyboard'
                hint = "write ${env:NAME} and put the key into that variable, or ${keyring:NAME}; "
                report.error("RM504", says, key.span, hint=f"{hint}a key that was committed must be replaced")
        if has_password(provider.text("base_url")):
            hint = "keep it where secrets belong: `api_key: ${env:NAME}`"
            says, span = f'the base_url of "{name}" contains a password', provider.place("base_url")
            report.error("RM504", says, span, hint=hint)
    hint = "secrets come from the environment: `api_key: ${env:NAME}` on the provider"
    for noun in ("providers", "tiers", "shots", "stills", "voices"):
        for _, _, entry in given.root.entries(noun):
            for name, value in (*_leaves(entry, "options"), *_leaves(entry, "extras")):
                if value.kind == "text" and looks_secret(name, value.value):
                    report.error("RM504", f'"{name}" looks like a secret', value.span, hint=hint)


def _leaves(node: Node, *path: str) -> Iterator[tuple[str, Node]]:
    """What is no mapping below a path, by its own key."""
    for name, _, value in node.entries(*path):
        yield from _leaves(value) if value.kind == "map" else [(name, value)]


def abilities(given: Given, report: Report) -> None:
    """What a shot asks of its provider that this kind cannot do."""
    for shot in given.generated:
        settled = given.settled[shot.id]
        kind, provider = settled.kind, settled.provider
        if kind is None or provider is None or shot.medium not in kind.media:
            continue
        who = f'the provider "{provider.name}" ({kind.kind})'
        only_pictured = ("image", "") in kind.asked and ("text", "") not in kind.asked
        if only_pictured and shot.medium == CLIP.name and shot.relation is None and not shot.image:
            hint = "add `image:`, or `continue:` a shot"
            report.error("RM506", f"{who} makes clips only from a first image", shot.span, hint=hint)
        if shot.relation is not None and shot.relation != "continue" and shot.relation not in kind.operations:
            span = given.root.place("tiers", shot.tier, "provider")
            notes = [Note("the tier names it here", span)] if shot.tier and span is not None else []
            hint = "name a `tier:` that can; `reelmake providers` lists what can"
            if shot.relation in BY_ID:
                hint = "`continue:` starts from the last frame and works with every provider that takes an image"
            says = f"{who} cannot {shot.relation} a {shot.medium}"
            report.error("RM505", says, place(shot, shot.relation), notes=notes, hint=hint)
        if (shot.image or shot.relation == "continue") and not kind.image:
            report.error("RM506", f"{who} takes no first image", place(shot, "image" if shot.image else "continue"))
        if shot.last_image and not kind.last_image:
            report.error("RM506", f"{who} takes no last image", place(shot, "last_image"))


def same_provider(given: Given, report: Report) -> None:
    """A remote provider changes or lengthens only what it made itself."""
    for shot in given.generated:
        parent = given.board.shots.get(shot.parent)
        if parent is None or parent.file or shot.relation not in BY_ID:
            continue
        mine, theirs = given.settled[shot.id], given.settled[parent.id]
        if mine.provider is None or theirs.provider is None or mine.provider == theirs.provider:
            continue
        if mine.kind is None or mine.kind.local or mine.if_gone in ("upload", "continue"):  # then it need not be there
            continue
        says = f'"{parent.id}" is made by "{theirs.provider.name}": "{mine.provider.name}" cannot {shot.relation} it'
        hint = "use one tier for both, or `continue:`, or say `if_gone: upload` or `if_gone: continue`"
        report.error("RM509", says, place(shot, shot.relation), hint=hint)


def extras(given: Given, report: Report) -> None:
    """Fields that the vendor does not have, on shots and on the tiers that are in use."""
    for shot in given.generated:
        tier, kind = given.settled[shot.id].tier, given.settled[shot.id].kind
        if kind is None or not kind.extras:
            continue
        tiers = given.root.entries("tiers", tier.name, "extras") if tier is not None else ()
        noun = "shots" if shot.id in given.board.shots else "stills"
        for name, key, _ in (*given.root.entries(noun, shot.id, "extras"), *tiers):
            if name not in kind.extras:
                near = (name, kind.extras)
                report.error("RM508", f'{kind.kind} knows no extra "{name}"', key.span, near=near)


def models(given: Given, report: Report) -> None:
    """A remote tier in use must name a model, where the kind has none of its own."""
    used = {s.tier.name: (s.tier, s.kind) for shot in given.generated if (s := given.settled[shot.id]).tier and s.kind}
    for name, (tier, kind) in used.items():
        if not (kind.local or tier.model or kind.default_model):
            says = f'the tier "{name}" names no model, and {kind.kind} has no default'
            report.error("RM510", says, tier.span, hint="add `model:`")


def limit_files(given: Given, report: Report) -> None:
    for name, provider in given.board.providers.items():
        if provider.limits.file:
            limit_file(provider.limits.file, given.root.place("providers", name, "limits", "file"), report)


def files(given: Given, report: Report) -> None:
    for mention in mentions(given):
        normal = project_path(mention.path, mention.span, report)
        if normal is not None:
            openable(normal, mention.span, given.exists, given.barred, report)


def mentions(given: Given) -> Iterator[Mention]:
    """Every file that the storyboard names, and what for."""
    return (mention for mention in _mentions(given) if mention.path)


def _mentions(given: Given) -> Iterator[Mention]:
    for shot in given.board.pictured.values():
        if shot.look:
            yield Mention(shot.look, "look", place(shot, "look"))
        if shot.file:
            yield Mention(shot.file, "picture" if shot.motionless else "footage", place(shot, "file"))
        if shot.image or shot.last_image or shot.references:
            sent = (shot.image, shot.last_image, *shot.references)
            yield from _images(image for image in sent if image is not None and not image.of)
    for member in given.board.cast.values():
        yield from _images(member.images)
    given_once: tuple[tuple[str, str, Use], ...] = (
        ("captions", "font", "font"), ("watermark", "image", "picture"), ("defaults", "look", "look"),
    )  # fmt: skip
    for noun, key, use in given_once:
        yield Mention(given.root.text(noun, key), use, given.root.place(noun, key))
    for entry in given.board.cut or ():
        for title in entry.titles:
            yield Mention(title.lettering.font, "font", title.spans.get("font", title.span))
            yield Mention(title.lettering.logo, "picture", title.spans.get("logo", title.span))
        yield Mention(entry.look, "look", entry.spans.get("look", entry.span))
    if given.board.sound.music is not None:
        yield Mention(given.board.sound.music.file, "sound", given.board.sound.music.span)
    for track in given.board.sound.tracks:
        yield Mention(track.file, "sound", track.span)


def _images(images: Iterable[ImageInput]) -> Iterator[Mention]:
    return (Mention(image.file, "reference", image.span) for image in images)


RULES: tuple[Rule, ...] = (
    tiers, tier_providers, sketch, provider_kinds, options, addresses, secrets, abilities, same_provider, extras,
    models, files, limit_files,
)  # fmt: skip
