"""The conversation over real HTTP, against the fake server in each of its dialects: what is ordered is what is got."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from reelmake import errors
from reelmake.model.http import Secret, origin
from reelmake.model.remote import Dead, Ready, Submission
from reelmake.model.storyboard import ProviderSpec
from reelmake.providers.openai_videos import converse
from reelmake.providers.openai_videos.conversation import Videos
from reelmake.wire.carrier import HttpProvider
from reelmake.wire.save import Download
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support import exchange as record

KEY = "key-of-the-studio"
SMALL: dict[str, Any] = {"size": "64x64", "seconds": "1", "prompt": "A tram."}


class Studio(HttpProvider):
    """The provider of one test, with the conversation at hand."""

    conversation: Videos

    async def clip(self, order: Submission, into: Path) -> str:
        """Ordered, polled and fetched. Returns its id."""
        accepted = await self.submit(order)
        assert isinstance(await self.poll(accepted.remote), Ready)
        await self.fetch(accepted.remote, into, lambda fraction, note: None, 1 << 30)
        return accepted.remote


@contextmanager
def studio(dialect: str = "openai", **more: Any) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(**{"takes": 0.0, "dialect": dialect, "key": KEY, **more})) as server:
        yield server


def talk(fake: FakeServer, speak: Callable[[Studio], Awaitable[None]], **options: object) -> None:
    spec = ProviderSpec("studio", "openai-videos", base_url=fake.base_url, options=options)

    async def whole() -> None:
        provider = Studio(converse(spec), spec, Secret(KEY, origin(spec.base_url)))
        try:
            await speak(provider)
        finally:
            await provider.close()

    asyncio.run(whole())


def facts(clip: Path) -> tuple[int, int, float]:
    """Width, height and seconds."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        return stream.width, stream.height, frames / 24


@pytest.mark.parametrize("dialect", ["openai", "litellm", "vllm-omni", "sglang", "azure"])
def test_a_clip_of_each_dialect(dialect: str, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "first.png")

    async def speak(provider: Studio) -> None:
        await provider.clip(record.order(**SMALL), tmp_path / "plain.mp4")
        remote = await provider.clip(
            record.order({"image": str(tmp_path / "first.png")}, **SMALL), tmp_path / "pictured.mp4"
        )
        listing = await provider.listing() if dialect != "litellm" else ()
        assert dialect == "litellm" or {job.remote for job in listing} > {remote}
        if dialect == "litellm":
            with pytest.raises(errors.Refused, match="405"):
                await provider.remove(remote)
        else:
            await provider.remove(remote)

    with studio(dialect) as server:
        talk(server, speak, server=dialect)
        assert [line["prompt"] for line in server.bill] == ["A tram.", "A tram."]
    assert facts(tmp_path / "plain.mp4") == facts(tmp_path / "pictured.mp4") == (64, 64, 1.0)
    assert (tmp_path / "plain.mp4").read_bytes() != (tmp_path / "pictured.mp4").read_bytes()


def test_operations_on_clips(tmp_path: Path) -> None:
    """By id, by upload, and the whole longer clip of an extension."""

    async def speak(provider: Studio) -> None:
        first = await provider.clip(record.order(**SMALL), tmp_path / "first.mp4")
        for n, operation in enumerate(("remix", "extend")):
            await provider.clip(record.order(source=first, operation=operation, **SMALL), tmp_path / f"{n}.mp4")
            upload = {"source": str(tmp_path / "first.mp4")}
            await provider.clip(record.order(upload, operation=operation, **SMALL), tmp_path / f"{n}u.mp4")
        with pytest.raises(errors.Gone, match="not found"):
            await provider.submit(record.order(source="video_none", operation="remix", **SMALL))

    with studio() as server:
        talk(server, speak)
        assert [line["operation"] for line in server.bill] == ["create", "edit", "edit", "extend", "extend"]
    lengths = [facts(tmp_path / f"{name}.mp4")[2] for name in ("0", "0u", "1", "1u")]
    assert lengths == [1.0, 1.0, 2.0, 2.0]


def test_characters_and_pictures(tmp_path: Path) -> None:
    async def speak(provider: Studio) -> None:
        remote = await provider.clip(record.order(**{**SMALL, "seconds": "2"}), tmp_path / "maya.mp4")
        ours = provider.conversation
        maya = await provider.hold(ours.character("Maya", tmp_path / "maya.mp4"))
        assert await provider.hold(ours.known_character(maya)) == "Maya"
        await provider.clip(record.order(extras={"characters": [{"id": maya}]}, **SMALL), tmp_path / "with.mp4")
        for variant, kind in (("thumbnail", "WEBP"), ("spritesheet", "JPEG")):
            into = tmp_path / variant
            await provider.hold(ours.picture(remote, variant), Download(into, lambda f, n: None, 1 << 20))  # type: ignore[arg-type]
            with Image.open(into) as picture:
                assert picture.format == kind

    with studio() as server:
        talk(server, speak)


@pytest.mark.parametrize(
    ("word", "expected", "billed"),
    [
        ("400-moderation", errors.Moderated, 0), ("400-quota", errors.NoCredit, 0), ("401", errors.NoAccess, 0),
        ("403", errors.NoAccess, 0), ("refuse-429:3", errors.Transient, 0), ("busy-503", errors.Transient, 0),
        ("500", errors.Ambiguous, 0), ("502-html", errors.Ambiguous, 0), ("drop", errors.Ambiguous, 1),
        ("drop-before", errors.Ambiguous, 0), ("garbage", errors.Ambiguous, 1), ("no-id", errors.Ambiguous, 1),
        ("half", errors.Ambiguous, 1),
    ],
)  # fmt: skip
def test_an_order_that_goes_wrong(word: str, expected: type[errors.StepError], billed: int) -> None:
    """What is Ambiguous is found if it was billed, and not if it was not."""
    intended = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = {"prompt": "A tram.", "size": "64x64", "seconds": "1"}

    async def speak(provider: Studio) -> None:
        with pytest.raises(errors.StepError) as raised:
            await provider.submit(record.order(extras={"script": [word]}, **SMALL))
        assert type(raised.value) is expected
        assert KEY not in str(raised.value)
        if word.startswith("refuse"):
            assert getattr(raised.value, "after", None) == 3.0
        if expected is errors.Ambiguous:
            found = await provider.find(record.attempt(intended, asked))
            assert found == tuple(line["id"] for line in server.bill)
            await provider.submit(record.order(**{**SMALL, "prompt": "Another tram."}))
            assert await provider.find(record.attempt(intended, asked)) == found

    with studio() as server:
        talk(server, speak)
        assert len(server.bill) == billed + (expected is errors.Ambiguous)
        posted = [line for line in server.requests if line["method"] == "POST"]
        assert len(posted) == 1 + (expected is errors.Ambiguous)  # nothing is ever sent twice by itself


@pytest.mark.parametrize(
    ("dialect", "words", "code"),
    [
        ("openai", ["fail:moderation_blocked"], "RM921"), ("openai", ["fail:server_error"], "RM900"),
        ("sglang", ["fail:oom"], "RM900"), ("vllm-omni", ["fail-http:500"], "RM900"),
    ],
)  # fmt: skip
def test_a_job_that_fails(dialect: str, words: list[str], code: str) -> None:
    async def speak(provider: Studio) -> None:
        accepted = await provider.submit(record.order(extras={"script": words}, **SMALL))
        status = await provider.poll(accepted.remote)
        assert isinstance(status, Dead)
        assert status.code == code

    with studio(dialect) as server:
        talk(server, speak, server=dialect)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("404", errors.Gone), ("500", errors.Transient), ("html", errors.Transient),
        ("redirect-private", errors.LocalTool),
    ],
)  # fmt: skip
def test_a_clip_that_is_not_there(word: str, expected: type[errors.StepError], tmp_path: Path) -> None:
    """And is, when it is asked for again."""

    async def speak(provider: Studio) -> None:
        accepted = await provider.submit(record.order(extras={"script": [f"content:{word}"]}, **SMALL))
        into = tmp_path / "clip.mp4"
        with pytest.raises(expected):
            await provider.fetch(accepted.remote, into, lambda fraction, note: None, 1 << 30)
        into.unlink(missing_ok=True)
        await provider.fetch(accepted.remote, into, lambda fraction, note: None, 1 << 30)
        assert facts(into) == (64, 64, 1.0)

    with studio() as server:
        talk(server, speak)


@pytest.mark.parametrize("word", ["cut", "chunked-cut"])
def test_a_clip_that_breaks_off_is_taken_up_there(word: str, tmp_path: Path) -> None:
    async def speak(provider: Studio) -> None:
        await provider.clip(record.order(extras={"script": [f"content:{word}"]}, **SMALL), tmp_path / "clip.mp4")

    with studio() as server:
        talk(server, speak)
        asked = [asked["headers"].get("range", "") for asked in server.requests if "/content" in asked["path"]]
    assert asked[0] == ""
    assert asked[1].startswith("bytes=")
    assert facts(tmp_path / "clip.mp4") == (64, 64, 1.0)


def test_a_clip_that_is_elsewhere(tmp_path: Path) -> None:
    async def speak(provider: Studio) -> None:
        await provider.clip(record.order(extras={"script": ["content:redirect-self"]}, **SMALL), tmp_path / "clip.mp4")

    with studio() as server:
        talk(server, speak)  # the other port of this machine is another origin, and as near
    assert facts(tmp_path / "clip.mp4") == (64, 64, 1.0)


def test_the_wrong_key_and_the_wrong_address() -> None:
    async def speak(provider: Studio) -> None:
        with pytest.raises(errors.NoAccess):
            await provider.submit(record.order(**SMALL))
        with pytest.raises(errors.NoAccess):
            await provider.poll("video_1")
        with pytest.raises(errors.NoAccess):
            await provider.find(record.attempt("2026-11-21T00:00:00Z"))

    with FakeServer(ServerOptions(key="another-key-altogether")) as server:
        talk(server, speak)
