"""Orders as requests: create, change (remix), lengthen (extend), by the ways of a server. Knows nothing of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction

from reelmake.errors import Gone, Refused
from reelmake.model.http import File, Request
from reelmake.model.medium import MEDIA
from reelmake.model.order import ClipOrder
from reelmake.model.remote import Submission
from reelmake.providers._answers import path
from reelmake.providers.openai_videos.dialect import Dialect

JSON_ONLY = frozenset({"characters"})  # extras that no server takes in a form


def clip_of(submission: Submission) -> ClipOrder:
    """What is ordered. Raises Refused for anything but a clip."""
    if not isinstance(submission.order, ClipOrder):
        raise Refused(f"it makes clips, and not {MEDIA[submission.order.medium].noun}")
    return submission.order


def written(dialect: Dialect, submission: Submission) -> Request:
    """The one paid request of an order. Raises Gone if its source is neither there nor can be sent."""
    order = clip_of(submission)
    if order.operation == "generate":
        return _create(dialect, order, submission)
    if submission.source:
        return _by_id(dialect, order, submission.source)
    return _by_upload(dialect, order, submission)


def _create(dialect: Dialect, order: ClipOrder, submission: Submission) -> Request:
    fields: dict[str, object] = {"prompt": order.prompt, "model": order.model, "size": str(order.size)}
    fields["seconds"] = seconds(dialect, order.seconds)
    if dialect.negative and order.avoid:
        fields[dialect.negative] = order.avoid
    if dialect.seed:
        fields[dialect.seed] = submission.seed
    if "image" in submission.inputs:
        fields["input_reference"] = File(submission.inputs["image"])
    return _posted(dialect, "/videos", fields, order.extras)


def _by_id(dialect: Dialect, order: ClipOrder, source: str) -> Request:
    """The answer to these is JSON at every server; size, model and, for a remix, length are the source's."""
    if order.operation == "extend":
        body = {"prompt": order.prompt, "seconds": seconds(dialect, order.seconds), "video": {"id": source}}
        url = "/videos/extensions"
    elif dialect.remix == "edits":
        body, url = {"prompt": order.prompt, "video": {"id": source}}, "/videos/edits"
    else:
        body, url = {"prompt": order.prompt}, path("videos", source, "remix")
    return Request("POST", url, json=_said({**body, **order.extras}), paid=True)


def _by_upload(dialect: Dialect, order: ClipOrder, submission: Submission) -> Request:
    """The clip itself is sent; the model must be said then, for there is nothing to infer it from."""
    clip = submission.inputs.get("source")
    if clip is None or not dialect.uploads:
        why = "it takes only clips that it made itself" if clip is not None else "and no file of it is available"
        raise Gone(f"the clip to start from is not at the provider, {why}")
    fields: dict[str, object] = {"prompt": order.prompt, "model": order.model, "video": File(clip)}
    if order.operation == "extend":
        fields["seconds"] = seconds(dialect, order.seconds)
    url = "/videos/extensions" if order.operation == "extend" else "/videos/edits"
    return Request("POST", url, form=_form({**fields, **order.extras}), paid=True)


def _posted(dialect: Dialect, url: str, fields: Mapping[str, object], extras: Mapping[str, object]) -> Request:
    """As a form, or as JSON where the server or a field wants it. A picture goes as the server takes it: as JSON it is
    an object with a data URL."""
    said = _said({**fields, **extras})
    picture = said.get("input_reference")
    has_file = isinstance(picture, File)
    wants_json = (has_file and dialect.image == "data-url") or (not has_file and dialect.body == "json")
    if not (wants_json or JSON_ONLY & said.keys()):
        return Request("POST", url, form=_form(said), paid=True)
    if has_file:
        said["input_reference"] = {"image_url": picture}
    return Request("POST", url, json=said, paid=True)


def seconds(dialect: Dialect, length: Fraction) -> str | int | float:
    """A length as the server writes it: whole seconds without a point."""
    number = int(length) if length.denominator == 1 else round(float(length), 6)
    return number if dialect.seconds == "number" else str(number)


def _said(fields: Mapping[str, object]) -> dict[str, object]:
    """Without what is empty: `extras: {size: null}` takes a field out."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _form(fields: Mapping[str, object]) -> tuple[tuple[str, str | File], ...]:
    return tuple((name, _text(value)) for name, value in _said(fields).items())


def _text(value: object) -> str | File:
    """A field of a form: text as it is, the rest as JSON writes it."""
    return value if isinstance(value, str | File) else json.dumps(value, ensure_ascii=False)
