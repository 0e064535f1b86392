"""Prism 5.16.0 (npm) judges our requests by the contract: what it does not accept, the contract does not know."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelmake import errors
from reelmake.model.frame import Size
from reelmake.model.http import Request, Secret, origin
from reelmake.model.remote import Accepted, Dead, Pending, Ready, Submission
from reelmake.model.storyboard import ProviderSpec
from reelmake.providers.openai_videos import converse
from reelmake.providers.openai_videos.conversation import Videos
from reelmake.wire.carrier import HttpProvider
from tests.support import peers
from tests.support.film import footage
from tests.support.world import job

pytestmark = pytest.mark.slow
CONTRACT = Path(__file__).parents[1] / "contract" / "openai-videos-spec.json"


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address. It answers what the contract allows and refuses with 422 what it does not."""
    modules = peers.npm("@stoplight/prism-cli@5.16.0")
    program, port = modules / "@stoplight" / "prism-cli" / "dist" / "index.js", peers.free_port()
    command = [peers.node(), str(program), "mock", "-h", "127.0.0.1", "-p", str(port), "--errors", str(CONTRACT)]
    folder = tmp_path_factory.mktemp("prism")
    with peers.serving(command, url=f"http://127.0.0.1:{port}/videos", cwd=folder):
        yield f"http://127.0.0.1:{port}"


def talk(prism: str, speak: Callable[[HttpProvider, Videos], Awaitable[Any]], **options: object) -> Any:
    spec = ProviderSpec("studio", "openai-videos", base_url=prism, options=options)
    videos = converse(spec)

    async def whole() -> Any:
        provider = HttpProvider(videos, spec, Secret("sk-prism-0123456789", origin(prism)))
        try:
            return await speak(provider, videos)
        finally:
            await provider.close()

    return asyncio.run(whole())


def order(inputs: dict[str, Path] | None = None, source: str = "", **changes: Any) -> Submission:
    asked = job(
        "A tram in the rain.", model="sora-2", size=Size(1280, 720), seconds=Fraction(8), dialect="d/1", **changes
    )
    return Submission(asked, inputs or {}, "token", source, 7)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.new("RGB", (1280, 720), "teal").save(tmp_path / "first.png")
    return tmp_path / "first.png"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return footage(tmp_path / "clip.mp4", 1, 24)


@pytest.mark.parametrize("options", [{}, {"body": "json"}], ids=["multipart", "json"])
def test_an_order_keeps_the_contract(prism: str, options: dict[str, object]) -> None:
    assert isinstance(talk(prism, lambda far, _: far.submit(order()), **options), Accepted)


@pytest.mark.parametrize("options", [{}, {"image": "data-url"}], ids=["file", "data URL"])
def test_an_order_with_a_picture_keeps_the_contract(prism: str, picture: Path, options: dict[str, object]) -> None:
    assert isinstance(talk(prism, lambda far, _: far.submit(order({"image": picture})), **options), Accepted)


@pytest.mark.parametrize("way", ["edits", "remix"])
def test_a_remix_keeps_the_contract(prism: str, way: str) -> None:
    asked = order(source="video_1/+=", operation="remix")
    assert isinstance(talk(prism, lambda far, _: far.submit(asked), remix=way), Accepted)


def test_an_extension_keeps_the_contract(prism: str) -> None:
    assert isinstance(talk(prism, lambda far, _: far.submit(order(source="video_1", operation="extend"))), Accepted)


@pytest.mark.parametrize("operation", ["remix", "extend"])
def test_a_clip_that_is_sent_keeps_the_contract(prism: str, clip: Path, operation: str) -> None:
    asked = order({"source": clip}, operation=operation)
    assert isinstance(talk(prism, lambda far, _: far.submit(asked)), Accepted)


def test_questions_keep_the_contract(prism: str, tmp_path: Path, clip: Path) -> None:
    async def speak(far: HttpProvider, videos: Videos) -> None:
        assert isinstance(await far.poll("video_1"), Pending | Ready | Dead)
        assert len(await far.listing()) >= 0
        await far.remove("video_1")
        assert await far.hold(videos.character("Maya", clip))
        assert isinstance(await far.hold(videos.known_character("char_1")), str)

    talk(prism, speak)


def test_the_question_for_content_keeps_the_contract(prism: str, tmp_path: Path) -> None:
    """Prism has no clip to give: what it makes up as one is saved, and that is all that is asked of it here."""

    async def speak(far: HttpProvider, videos: Videos) -> None:
        await far.fetch("video_1", tmp_path / "clip", lambda fraction, note: None, 1 << 30)

    talk(prism, speak)
    assert (tmp_path / "clip").stat().st_size > 0


def test_it_does_refuse(prism: str) -> None:
    """Prism tells a wrong order from a right one: else the tests above would prove nothing."""
    wrong = order()
    wrong = replace(wrong, order=replace(wrong.order, seconds=Fraction(5)))
    with pytest.raises(errors.Refused, match="422"):
        talk(prism, lambda far, _: far.submit(wrong))


def test_arbitrary_answers_within_the_contract_are_understood(prism: str) -> None:
    """With `Prefer: dynamic=true` it answers valid nonsense: progress of millions, failures without an error."""

    class Fuzzed(Videos):
        def _with_ways(self, request: Request) -> Request:
            asked = super()._with_ways(request)
            return replace(asked, headers={**asked.headers, "prefer": "dynamic=true"})

    async def speak(far: HttpProvider, videos: Videos) -> None:
        far.conversation = Fuzzed(videos.dialect)
        for n in range(40):
            with contextlib.suppress(errors.Transient):
                assert isinstance(await far.poll(f"video_{n}"), Pending | Ready | Dead)

    talk(prism, speak)
