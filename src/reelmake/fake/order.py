"""A request for something paid, read and checked against the contract: what it asks for, as a recipe.

Sizes and lengths are free unless `strict`. Knows nothing of money and of time.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import unquote_to_bytes

from reelmake.fake import clip, script
from reelmake.fake.complaint import Complaint, wrong
from reelmake.fake.form import Form, Upload
from reelmake.fake.recipe import FPS, Operation, Recipe
from reelmake.fake.shelf import Shelf
from reelmake.fake.video import Video

SIZES = ("720x1280", "1280x720", "1024x1792", "1792x1024")
SECONDS = ("4", "8", "12")
LONGEST = 120
EXTENSIONS = 6
_OURS = {"prompt", "model", "seconds", "size", "input_reference", "video", "script"}

Find = Callable[[str], Video]
"""The finished video of an id; raises Complaint."""


@dataclass(frozen=True, slots=True)
class Order:
    """`source`: the id of the video it starts from; "" = none, or an upload. `script`: the job's own words."""

    recipe: Recipe
    script: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Reads orders. `shelf`: where sources are looked up and uploads go. Every method raises Complaint."""

    shelf: Shelf
    strict: bool = False
    number_seconds: bool = False  # some servers take 8 where the contract wants "8"

    def creation(self, form: Form) -> Order:
        fields = form.fields
        prompt, words = _prompt(fields), _script(fields)
        wide, high = self._size(fields.get("size", SIZES[0]))
        seconds = self._seconds(fields.get("seconds", SECONDS[0]), "seconds")
        image, named = self._image(fields["input_reference"], wide, high) if "input_reference" in fields else ("", None)
        extras = {**self._extras(fields), **({"input_reference": named} if named else {})}
        model = _text(fields.get("model", "sora-2"), "model")
        return Order(Recipe("create", model, prompt, wide, high, seconds, image, extras=extras), words)

    def remix(self, form: Form, source: Video) -> Order:
        return self._from(form, "remix", source)

    def edit(self, form: Form, find: Find) -> Order:
        return self._from(form, "edit", self._source(form, find))

    def extension(self, form: Form, find: Find) -> Order:
        if "seconds" not in form.fields:
            raise wrong("Missing required parameter: 'seconds'.", "seconds", "missing_required_parameter")
        added = self._seconds(form.fields["seconds"], "seconds")
        order = self._from(form, "extend", self._source(form, find), added)
        if order.recipe.total > LONGEST or _extensions(order.recipe) > EXTENSIONS:
            raise wrong(f"A video has at most {EXTENSIONS} extensions and {LONGEST} seconds.", "seconds")
        return order

    def character(self, form: Form) -> tuple[str, str]:
        """Its name, and the digest of its clip."""
        name = _text(form.fields.get("name"), "name")
        if not 1 <= len(name) <= 80:
            raise wrong("'name' must have 1 to 80 characters.", "name")
        body = form.fields.get("video")
        if not isinstance(body, Upload):
            raise wrong("Invalid type for 'video': expected a file.", "video", "invalid_type")
        digest = self.shelf.upload(body.body)
        self._length(digest)
        return name, digest

    def _from(self, form: Form, operation: Operation, source: Video | Recipe, added: Fraction | None = None) -> Order:
        prompt, words = _prompt(form.fields), _script(form.fields)
        old = source.recipe if isinstance(source, Video) else source
        uploaded = not isinstance(source, Video)
        recipe = Recipe(
            operation,
            old.model,
            prompt,
            old.width,
            old.height,
            old.total if added is None else added,
            source=old.source if uploaded else old,
            source_seconds=old.total,
            extras=self._extras(form.fields),
        )
        return Order(recipe, words, "" if uploaded else source.id if isinstance(source, Video) else "")

    def _source(self, form: Form, find: Find) -> Video | Recipe:
        given = _object(form.fields.get("video"))
        if isinstance(given, Upload):
            digest = self.shelf.upload(given.body)
            wide, high, seconds = self._length(digest)
            model = _text(form.fields.get("model", "sora-2"), "model")
            return Recipe("create", model, "", wide, high, seconds, source=digest)
        if given is None:
            raise wrong("Missing required parameter: 'video'.", "video", "missing_required_parameter")
        if not isinstance(given, Mapping) or not isinstance(given.get("id"), str):
            raise wrong(
                "Invalid type for 'video': expected a file, or an object with an 'id'.", "video", "invalid_type"
            )
        return find(given["id"])

    def _length(self, digest: str) -> tuple[int, int, Fraction]:
        try:
            found = clip.length(self.shelf.uploaded(digest))
        except clip.Unusable as error:
            raise wrong(f"The video cannot be used: {error}.", "video", "invalid_video") from error
        if self.strict and f"{found[0]}x{found[1]}" not in SIZES:
            raise wrong(f"The video cannot be used: it is not one of {', '.join(SIZES)}.", "video", "invalid_video")
        return found

    def _size(self, value: Any) -> tuple[int, int]:
        size = _text(value, "size")
        match = re.fullmatch(r"([1-9]\d{1,3})x([1-9]\d{1,3})", size, re.ASCII)
        if self.strict and size not in SIZES:
            raise wrong(f"Invalid value: '{size}'. Supported values are: {', '.join(SIZES)}.", "size")
        if not match or int(match[1]) % 2 or int(match[2]) % 2 or min(int(match[1]), int(match[2])) < 16:
            raise wrong(f"Invalid value: '{size}'. Should be WIDTHxHEIGHT, even numbers from 16 on.", "size")
        return int(match[1]), int(match[2])

    def _seconds(self, value: Any, param: str) -> Fraction:
        if self.number_seconds and isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        text = _text(value, param)
        if self.strict and text not in SECONDS:
            raise wrong(f"Invalid value: '{text}'. Supported values are: {', '.join(SECONDS)}.", param)
        seconds = Fraction(text) if re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text, re.ASCII) else Fraction(0)
        if not 1 <= round(seconds * FPS) <= LONGEST * FPS:
            raise wrong(f"Invalid value: '{text}'. Should be seconds, up to {LONGEST}.", param)
        return seconds

    def _image(self, value: Any, wide: int, high: int) -> tuple[str, Any]:
        """The digest of a picture that came with the request, or the reference that only names one."""
        value = _object(value)
        if isinstance(value, Upload):
            return self._picture(value.body, wide, high), None
        if not isinstance(value, Mapping):
            raise wrong("Invalid type for 'input_reference': expected a file.", "input_reference", "invalid_type")
        named = {k: _text(v, f"input_reference.{k}") for k, v in value.items() if k in ("image_url", "file_id")}
        if len(named) != 1:
            raise wrong("Provide exactly one of 'image_url' and 'file_id'.", "input_reference")
        url = named.get("image_url", "")
        if url.startswith("data:"):
            return self._picture(_from_data_url(url), wide, high), None
        if url and not re.match(r"https?://[^/]", url):
            raise wrong("'image_url' should be an http, https or data URL.", "input_reference.image_url")
        return "", named  # nothing is fetched by a fake: the name alone decides

    def _picture(self, body: bytes, wide: int, high: int) -> str:
        try:
            found = clip.picture(body)
        except clip.Unusable as error:
            raise wrong(f"The image cannot be used: {error}.", "input_reference", "invalid_image") from error
        if found[:2] != (wide, high):
            raise wrong("Inpaint image must match the requested width and height", "input_reference", None)
        return self.shelf.upload(body)

    def _extras(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What the contract does not know goes into the recipe as it is, a file by its digest."""
        extras = {name: self._plain(value) for name, value in fields.items() if name not in _OURS}
        characters = extras.get("characters", [])
        if not isinstance(characters, list) or len(characters) > 2:
            raise wrong("'characters' should be a list of at most two.", "characters")
        for character in characters:
            if not isinstance(character, dict) or character.get("id") not in self.shelf.characters:
                raise wrong("There is no such character.", "characters", "character_not_found")
        return extras

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Upload):
            return f"sha256:{self.shelf.upload(value.body)}"
        if isinstance(value, list):
            return [self._plain(item) for item in value]
        return value


def _prompt(fields: Mapping[str, Any]) -> str:
    if fields.get("prompt") is None:
        raise wrong("Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter")
    prompt = _text(fields["prompt"], "prompt")
    if not 1 <= len(prompt) <= 32_000:
        raise wrong("'prompt' must have 1 to 32000 characters.", "prompt")
    return prompt


def _script(fields: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        words = script.words(fields.get("script"))
        script.parse(words)
    except ValueError as error:
        raise wrong(str(error), "script") from error
    return words


def _text(value: Any, param: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        raise wrong(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")
    kind = {bool: "a boolean", int: "an integer", float: "a number", list: "an array", dict: "an object"}
    message = f"Invalid type for '{param}': expected a string, but got {kind.get(type(value), 'a file')} instead."
    raise wrong(message, param, "invalid_type")


def _object(value: Any) -> Any:
    """In a form an object may stand as JSON text."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _from_data_url(url: str) -> bytes:
    head, comma, payload = url.partition(",")
    try:
        if comma and head.endswith(";base64"):
            return base64.b64decode(payload, validate=True)
        if comma:
            return unquote_to_bytes(payload)
    except binascii.Error:
        pass
    raise Complaint(400, "The data URL cannot be read.", param="input_reference.image_url", code="invalid_image")


def _extensions(recipe: Recipe) -> int:
    count = 0
    at: Recipe | str | None = recipe
    while isinstance(at, Recipe):
        count += at.operation == "extend"
        at = at.source
    return count
