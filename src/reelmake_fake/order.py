"""A request for something paid, read: what it asks for, as a recipe. Knows nothing of money and of time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from reelmake_fake import clip, fields
from reelmake_fake.complaint import wrong
from reelmake_fake.form import FilePart, SentForm
from reelmake_fake.job import Video
from reelmake_fake.recipe import Operation, Recipe
from reelmake_fake.shelf import Shelf

EXTENSIONS = 6
_CONTRACT = {"prompt", "model", "seconds", "size", "input_reference", "video", "script"}

Find = Callable[[str], Video]
"""The finished video of an id; raises Complaint."""


@dataclass(frozen=True, slots=True)
class FakeOrder:
    """`source`: the id of the video it starts from; "" = none, or an upload. `script`: the job's own words."""

    recipe: Recipe
    script: tuple[str, ...] = ()
    source: str = ""

    @property
    def kind(self) -> str:
        """What equal orders have in common."""
        return self.recipe.kind


@dataclass(frozen=True, slots=True)
class StartClip:
    """A clip that an order starts from. `made`: how, or the digest of an upload. `id`: "" if it was uploaded."""

    made: Recipe | str
    model: str
    width: int
    height: int
    seconds: Fraction
    id: str = ""


@dataclass(frozen=True, slots=True)
class OrderReader:
    """Reads orders. `shelf`: where uploads go. `numbers`: 8 seconds may be 8. Every method raises Complaint."""

    shelf: Shelf
    strict: bool = False
    numbers: bool = False

    def creation(self, form: SentForm) -> FakeOrder:
        wide, high = fields.size(form.fields, strict=self.strict)
        image, extras = "", self._extras(form)
        if "input_reference" in form.fields:
            image, named = self._image(form.fields["input_reference"], wide, high)
            extras |= named
        recipe = Recipe(
            "create",
            fields.text(form.fields, "model", otherwise="sora-2"),
            fields.text(form.fields, "prompt", 32_000),
            wide,
            high,
            self._seconds(form, otherwise="4"),
            image,
            extras=extras,
        )
        return FakeOrder(recipe, fields.words(form.fields))

    def remix(self, form: SentForm, video: Video) -> FakeOrder:
        return self._from(form, "remix", _made(video))

    def edit(self, form: SentForm, find: Find) -> FakeOrder:
        return self._from(form, "edit", self._source(form, find))

    def extension(self, form: SentForm, find: Find) -> FakeOrder:
        order = self._from(form, "extend", self._source(form, find), self._seconds(form))
        if order.recipe.total > fields.LONGEST or _extensions(order.recipe) > EXTENSIONS:
            raise wrong(f"A video has at most {EXTENSIONS} extensions and {fields.LONGEST} seconds.", "seconds")
        return order

    def character(self, form: SentForm) -> tuple[str, str]:
        """Its name, and the digest of its clip."""
        name = fields.text(form.fields, "name", 80)
        video = form.fields.get("video")
        if not isinstance(video, FilePart):
            raise wrong("Invalid type for 'video': expected a file.", "video", "invalid_type")
        made = self._uploaded(video, "").made
        assert isinstance(made, str)
        return name, made

    def _from(
        self, form: SentForm, operation: Operation, source: StartClip, added: Fraction | None = None
    ) -> FakeOrder:
        recipe = Recipe(
            operation,
            source.model,
            fields.text(form.fields, "prompt", 32_000),
            source.width,
            source.height,
            source.seconds if added is None else added,
            source=source.made,
            source_seconds=source.seconds,
            extras=self._extras(form),
        )
        return FakeOrder(recipe, fields.words(form.fields), source.id)

    def _source(self, form: SentForm, find: Find) -> StartClip:
        given = fields.unpacked(form.fields.get("video"))
        if isinstance(given, FilePart):
            return self._uploaded(given, fields.text(form.fields, "model", otherwise="sora-2"))
        if isinstance(given, Mapping) and isinstance(given.get("id"), str):
            return _made(find(given["id"]))
        if "video" not in form.fields:
            raise wrong("Missing required parameter: 'video'.", "video", "missing_required_parameter")
        raise wrong("Invalid type for 'video': expected a file or an object with an 'id'.", "video", "invalid_type")

    def _uploaded(self, video: FilePart, model: str) -> StartClip:
        digest = self.shelf.upload(video.body)
        try:
            wide, high, seconds = clip.length(self.shelf.uploaded(digest))
        except clip.Unusable as error:
            raise wrong(f"The video cannot be used: {error}.", "video", "invalid_video") from error
        if self.strict and f"{wide}x{high}" not in fields.SIZES:
            sizes = ", ".join(fields.SIZES)
            raise wrong(f"The video cannot be used: it is none of {sizes}.", "video", "invalid_video")
        return StartClip(digest, model, wide, high, seconds)

    def _seconds(self, form: SentForm, otherwise: str | None = None) -> Fraction:
        return fields.seconds(form.fields, otherwise, strict=self.strict, numbers=self.numbers)

    def _image(self, value: Any, wide: int, high: int) -> tuple[str, dict[str, Any]]:
        """The digest of a picture that came with the request, or what only names one."""
        value = fields.unpacked(value)
        if isinstance(value, FilePart):
            return self._picture(value.body, wide, high), {}
        if not isinstance(value, Mapping):
            raise wrong("Invalid type for 'input_reference': expected a file.", "input_reference", "invalid_type")
        named = {name: fields.text(value, name) for name in ("image_url", "file_id") if name in value}
        if len(named) != 1:
            raise wrong("Provide exactly one of 'image_url' and 'file_id'.", "input_reference")
        url = named.get("image_url", "")
        if url.startswith("data:"):
            return self._picture(fields.from_data_url(url), wide, high), {}
        if url and not re.match(r"https?://[^/]", url):
            raise wrong("'image_url' should be an http, https or data URL.", "input_reference.image_url")
        return "", {"input_reference": named}  # nothing is fetched by a fake: the name alone decides

    def _picture(self, body: bytes, wide: int, high: int) -> str:
        try:
            found = clip.picture(body)
        except clip.Unusable as error:
            raise wrong(f"The image cannot be used: {error}.", "input_reference", "invalid_image") from error
        if found[:2] != (wide, high):
            raise wrong("Inpaint image must match the requested width and height", "input_reference", None)
        return self.shelf.upload(body)

    def _extras(self, form: SentForm) -> dict[str, Any]:
        """What the contract does not know goes into the recipe as it is, a file by its digest."""
        extras = {name: self._plain(value) for name, value in form.fields.items() if name not in _CONTRACT}
        characters = extras.get("characters", [])
        if not isinstance(characters, list) or len(characters) > 2:
            raise wrong("'characters' should be a list of at most two.", "characters")
        for character in characters:
            if not isinstance(character, dict) or character.get("id") not in self.shelf.characters:
                raise wrong("There is no such character.", "characters", "character_not_found")
        return extras

    def _plain(self, value: Any) -> Any:
        if isinstance(value, FilePart):
            return f"sha256:{self.shelf.upload(value.body)}"
        if isinstance(value, list):
            return [self._plain(item) for item in value]
        return value


def _made(video: Video) -> StartClip:
    recipe = video.recipe
    return StartClip(recipe, recipe.model, recipe.width, recipe.height, recipe.total, video.id)


def _extensions(recipe: Recipe) -> int:
    count = 0
    at: Recipe | str | None = recipe
    while isinstance(at, Recipe):
        count += at.operation == "extend"
        at = at.source
    return count
