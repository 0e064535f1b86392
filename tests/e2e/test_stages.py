"""`--stills` with the real command: pictures and words are made, the film is seen as it will be, no clip is ordered.

What was made is not made again for the film.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from reelmake.errors import LocalTool
from reelmake.media.pool import Pool
from reelmake.model.delivery import FrameAt
from reelmake.model.take import Facts
from reelmake.model.work import Work
from tests.support.desk import Post, post
from tests.support.folder import Folder
from tests.support.foreign import stranger
from tests.support.terminal import typed

pytestmark = pytest.mark.slow

BOOTH = """\
  pictures: {{kind: openai-images, base_url: "{url}", api_key: "${{env:STUDIO_KEY}}", options: {{allow_private: true}}}}
  booth: {{kind: openai-speech, base_url: "{url}", api_key: "${{env:STUDIO_KEY}}", options: {{allow_private: true}}}}
"""
TIERS = """\
  picture: {provider: pictures, model: gpt-image-2, size: 1024x1024, price: 0.04}
  voice: {provider: booth, model: tts-1, price: 15}
"""
FILM = """\
voices: {teller: {voice: alloy, tier: voice}}
stills:
  key: {prompt: A kite over roofs., tier: picture, takes: 2}
  dusk: {edit: key, prompt: Same frame at dusk., tier: picture}
  last: {frame: {shot: a, at: end}}
  late: {edit: last, prompt: The end in snow., tier: picture}
shots:
  a: {prompt: The kite climbs., image: {still: key}, fit: crop, seconds: 2, takes: 2}
  b: {continue: a, prompt: It falls., say: {teller: "Down it comes, down to the roofs."}, seconds: auto}
  c: {prompt: Nobody sees it.}
  d: {prompt: Snow., image: {still: dusk}, fit: crop}
  e: {file: {still: late}, seconds: 1}
cut: [a, {shot: b, into: {dissolve: 0.25}}, c, d, e]
outputs: {cut.mp4: {}}
"""
STILLS = 3 * 0.04
SPOKEN = 0.015 * len("Down it comes, down to the roofs.")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(tmp_path / "film", monkeypatch) as open_:
        open_.board(FILM)
        text = open_.root / "storyboard.yaml"
        booth = BOOTH.format(url=open_.server.base_url)
        text.write_text(
            text.read_text().replace("providers:\n", "providers:\n" + booth).replace("tiers:\n", "tiers:\n" + TIERS)
        )
        yield open_


def asked(desk: Post) -> list[str]:
    return [line["path"] for line in desk.server.requests if line["method"] == "POST"]


def test_no_clip_is_ordered_and_what_was_made_is_the_films(desk: Post) -> None:
    planned = desk.run("plan", "--json").expect().json
    first, then = planned["stages"]["stills"], planned["stages"]["clips"]
    assert (first["generate"], first["cost_usd"]) == (4, pytest.approx(STILLS + SPOKEN))
    assert planned["cost_usd"] == pytest.approx(first["cost_usd"] + then["cost_usd"])
    desk.run("plan").expect(0, stdout=f"(stills ${STILLS + SPOKEN:.3f}, then clips up to $")
    alone = desk.run("plan", "--stills", "--json").expect().json
    assert alone["cost_usd"] == pytest.approx(STILLS + SPOKEN)

    ran = desk.build("--stills", "--json").expect()
    assert set(ran.json["outputs"]) == {"build/cut.stills.mp4"}
    assert sorted(asked(desk)) == [
        "/v1/audio/speech",
        "/v1/images/edits",
        "/v1/images/generations",
        "/v1/images/generations",
    ]
    assert desk.ledger == {"spent": pytest.approx(STILLS + SPOKEN)}
    lock = (desk.root / "reelmake.lock").read_text()
    assert [line.split()[0] for line in lock.splitlines() if line[:1].isalpha()] == ["b.say", "dusk", "key"]
    desk.build("--stills").expect(0, stderr="nothing to do")

    whole = desk.build("--json").expect().json
    assert len([path for path in asked(desk) if path == "/v1/videos"]) == 5
    assert len(asked(desk)) == 4 + 5 + 1  # the still of the last frame hangs on a clip
    frames = ran.json["outputs"]["build/cut.stills.mp4"]["frames"]
    assert whole["outputs"]["build/cut.mp4"]["frames"] == frames
    desk.build("--stills").expect(0, stderr="nothing to do")
    assert len(asked(desk)) == 10


def test_a_part_is_its_pictures_and_words(desk: Post) -> None:
    desk.build("--stills", "b").expect()
    assert sorted(set(asked(desk))) == ["/v1/audio/speech", "/v1/images/generations"]


def test_a_shot_moves_and_is_as_long_as_it_will_be(desk: Post) -> None:
    desk.run("build", "--stills", "--draft").expect()  # whose stills have something to see
    with av.open(str(desk.root / "build" / "cut.stills.mp4")) as film:
        grey = [frame.to_ndarray(format="gray").astype(int) for frame in film.decode(video=0)]
    assert abs(grey[0] - grey[40]).mean() > 0.5


def test_picking_is_approving(desk: Post) -> None:
    desk.build("--stills").expect()
    desk.run("pick", "key", "2").expect()
    planned = json.loads(desk.run("plan", "--stills", "--json").expect().stdout)
    assert {job["shot"] for job in planned["jobs"] if job["verdict"] != "fresh"} == {"dusk"}


def test_a_draft_of_it_asks_nobody(desk: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUDIO_KEY")
    desk.run("build", "--draft", "--stills").expect()
    assert asked(desk) == []
    assert (desk.root / "build" / "cut.stills.mp4").exists()
    assert not (desk.root / "reelmake.lock").exists()


def test_a_clone_is_cut_locked_where_only_a_run_can_know_a_key(
    desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`late` is an edit of a frame, which no shared store has: a plan does not know its key, the lock file does. And
    what stands in for clips is in no lock file: it is drawn."""
    monkeypatch.setenv("REELMAKE_CACHE", (tmp_path / "shared").as_uri())
    desk.build().expect()
    cut, posts = (desk.root / "build" / "cut.mp4").read_bytes(), len(asked(desk))
    monkeypatch.delenv("STUDIO_KEY")

    def cloned() -> None:
        for folder in (".reelmake", "build"):
            shutil.rmtree(desk.root / folder, ignore_errors=True)

    cloned()
    desk.run("plan", "--locked").expect()
    ran = desk.run("build").expect(stderr="0 generated")  # there is no key, nor need there be
    assert "to generate" not in ran.stderr
    assert (desk.root / "build" / "cut.mp4").read_bytes() == cut
    cloned()
    desk.run("build", "--stills", "--locked").expect()
    desk.run("build", "--locked").expect(stderr="0 generated")
    assert (desk.root / "build" / "cut.mp4").read_bytes() == cut
    desk.run("build", "--locked").expect(stderr="nothing to do")

    text = (desk.root / "storyboard.yaml").read_text()
    (desk.root / "storyboard.yaml").write_text(text.replace("The end in snow.", "The end in rain."))
    cloned()
    desk.run("build", "--locked").expect(3, stderr="--locked: 1 take needs generating: late")
    (desk.root / "storyboard.yaml").write_text(text)
    made = locked_takes(desk)["late"]
    next((tmp_path / "shared" / "takes").glob(f"??/{made[0]}/*.json")).unlink()
    cloned()
    desk.run("build", "--locked").expect(3, stderr="--locked: 1 take needs generating: late")
    assert len(asked(desk)) == posts


def locked_takes(desk: Post) -> dict[str, list[str]]:
    """The key and the digest of the first take of each, as the lock file has it."""
    lines = [line.partition(" ") for line in (desk.root / "reelmake.lock").read_text().splitlines() if "{" in line]
    return {name: json.loads(said)["takes"]["1"] for name, _, said in lines}


def test_what_turns_out_to_be_another_take_is_asked_for_then(
    desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has agreed to an order that the lock file seemed to make needless."""
    monkeypatch.setenv("REELMAKE_CACHE", (tmp_path / "shared").as_uri())
    desk.build().expect()
    posts, lock, made = len(asked(desk)), desk.root / "reelmake.lock", locked_takes(desk)
    shared = lock.read_text()

    def cloned() -> None:
        for folder in (".reelmake", "build"):
            shutil.rmtree(desk.root / folder, ignore_errors=True)
        lock.write_text(shared.replace(made["late"][0], made["dusk"][0]).replace(made["late"][1], made["dusk"][1]))

    cloned()
    with monkeypatch.context() as keyless:
        keyless.delenv("STUDIO_KEY")
        ran = desk.run("build").expect(3, stderr="RM825")
        assert "STUDIO_KEY" in ran.stderr
        assert "$0.00 is spent" in ran.stderr
    cloned()
    desk.run("build").expect(3, stderr="RM825")  # there is no terminal, and no budget
    assert len(asked(desk)) == posts
    cloned()
    desk.run("build", "--budget", "0.04").expect(stderr="1 generated")
    assert len(asked(desk)) == posts + 1


@pytest.mark.parametrize("gone", ["c", "b.say"])
def test_what_cannot_be_brought_fails_and_all_else_is_made(
    gone: str, desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is where every key is known: what failed in a round is not asked for before the next one."""
    monkeypatch.setenv("REELMAKE_CACHE", (tmp_path / "shared").as_uri())
    desk.build().expect()
    for folder in (".reelmake", "build"):
        shutil.rmtree(desk.root / folder)
    _, clip = locked_takes(desk)[gone]
    next((tmp_path / "shared" / "store").glob(f"??/{clip}*")).unlink()
    monkeypatch.delenv("STUDIO_KEY")
    ran = desk.run("build", "--placeholders", "--json").expect(1)
    assert [failure["code"] for failure in ran.json["failed"]] == ["RM823"]
    assert not {"late", "e"} & set(ran.json["placeholders"])  # they are there


def test_a_person_sees_what_is_asked_while_progress_is_drawn(desk: Post) -> None:
    desk.build().expect()
    text, posts = desk.root / "storyboard.yaml", len(asked(desk))
    text.write_text(text.read_text().replace("at: end", "at: start"))  # of which frame, only a run knows the key
    film = Folder(desk.root, {"TERM": "xterm"})
    no = typed(film, "build")
    assert no.code == 3
    assert "pay up to $0.04? [y/N] n" in no.stderr
    assert len(asked(desk)) == posts
    assert "1 generated" in typed(film, "build", answers=["y"]).stderr
    assert len(asked(desk)) == posts + 1


def test_a_person_is_asked_where_a_secret_may_go_when_it_is_needed(desk: Post) -> None:
    """Not before the first round, which orders nothing; then it goes on."""
    desk.build().expect()
    text, film = desk.root / "storyboard.yaml", Folder(desk.root, {"TERM": "xterm"}, hurried=True)
    with stranger() as there:
        there.known_to(film)
        board = text.read_text().replace("at: end", "at: start")
        text.write_text(
            board.replace(f'images, base_url: "{desk.server.base_url}"', f'images, base_url: "{there.address}/v1"')
        )
        ran = typed(film, "build", "--yes", answers=["y"])
    assert f"May STUDIO_KEY be sent to {there.address}? [y/N] y" in ran.stderr
    assert there.heard


CHAIN = """\
stills:
  f1: {frame: {shot: a, at: end}}
  g1: {edit: f1, prompt: In snow., tier: picture}
  f2: {frame: {shot: b, at: end}}
  g2: {edit: f2, prompt: In rain., tier: picture}
shots:
  a: {prompt: The kite climbs.}
  b: {prompt: It falls., image: {still: g1}, fit: crop}
  c: {file: {still: g2}, seconds: 1}
outputs: {cut.mp4: {}}
"""


@pytest.fixture
def chain(desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A film of which a clone knows the first picture after one round, and the second after two."""
    monkeypatch.setenv("REELMAKE_CACHE", (tmp_path / "shared").as_uri())
    text = desk.root / "storyboard.yaml"
    text.write_text(text.read_text().replace(FILM, CHAIN))
    desk.build().expect()
    return desk


def test_what_only_a_later_round_can_know_is_not_agreed_to_before(chain: Post) -> None:
    """In a clone: the first round cuts one frame, the second the other, and the third order turns out to be new."""
    for folder in (".reelmake", "build"):
        shutil.rmtree(chain.root / folder)
    text, posts = chain.root / "storyboard.yaml", len(asked(chain))
    text.write_text(text.read_text().replace("shot: b, at: end", "shot: b, at: start"))
    chain.run("build").expect(3, stderr="RM825")
    assert len(asked(chain)) == posts
    chain.run("build", "--budget", "0.04").expect(stderr="1 generated")
    assert len(asked(chain)) == posts + 1


def test_what_a_frame_is_needed_for_is_skipped_where_it_cannot_be_cut(
    chain: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, posts = chain.root / "storyboard.yaml", len(asked(chain))
    text.write_text(text.read_text().replace("shot: a, at: end", "shot: a, at: start"))
    perform = Pool.perform

    async def broken(pool: Pool, key: str, work: Work, *given: Any) -> Facts:
        if isinstance(work, FrameAt):
            raise LocalTool("no frame is cut here")
        return await perform(pool, key, work, *given)

    monkeypatch.setattr(Pool, "perform", broken)
    ran = chain.build().expect(1)
    assert "g1 skipped" in ran.stderr
    assert "b skipped" in ran.stderr
    assert len(asked(chain)) == posts
