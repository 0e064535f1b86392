"""Keys that earlier versions gave for a storyboard with pictures and fits: what was paid for under them stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelmake.model.delivery import FitWork
from reelmake.model.frame import Size
from reelmake.model.step import Input
from reelmake.plan.key import key, order
from reelmake.session.project import look, read
from reelmake.session.workspace import Workspace
from tests.support.atelier import FILE
from tests.support.pictures import png

BOARD = """\
reelmake: 1
providers:
  studio: {kind: openai-videos, base_url: "http://127.0.0.1:9/v1"}
tiers:
  final: {provider: studio, model: wan, price: 0.5}
defaults: {tier: final, size: 64x36, seconds: 4, fit: pad}
characters:
  maya: {look: Maya in red, image: other.png}
shots:
  plain: {prompt: A kite over the park.}
  pictured: {prompt: The kite lands., image: first.png}
  chained: {prompt: It is picked up., continue: pictured}
  changed: {prompt: The same at dusk., remix: plain}
  longer: {prompt: And on it goes., extend: plain}
  drawn: {prompt: "${maya} runs.", tier: sketch, image: other.png, last_image: first.png, fit: crop}
  drawn-on: {prompt: She rests., tier: sketch, continue: drawn, size: 48x48}
"""
GOLDEN = {
    "plain": ("5e68d23273850c03f4e8037cdb9b24e95a08af2fae36c37f5364e5581963ed74", "6c39304c5011da8e"),
    "pictured": ("c9901a834d64cfa60e2e40b69ac31a6eedba3aae0981a021f3aa486fea2923a3", "8cc8513617cef79e"),
    "chained": ("67a4fec9bfd079cff5f4ca76e56447e6ee63a2b6bdde3b943b44a7a0231dc4a5", "543c0a0ddda15e07"),
    "changed": ("4a6b98849eab00a62f7e3ac72a2a1ac8ea1af58d5f2857067e1e28a4b94d935a", "a8b3cf4f70bcab2f"),
    "longer": ("9bb9cca67dc4cc31483f1154e176837ad96aef95f42e6188dd647081d0bea43e", "bd5c557b45fc6c41"),
    "drawn": ("8020eeb01b25d3fd90b4a5c224205ed046e26df907b3b6874363f97125f70f58", "3481cd908da640a4"),
    "drawn-on": ("5d106ffd382f5951b562dcfafc8863b577f7e817ea98249b441026bc01e06801", "a8b2a4db273d13a6"),
}


def keys(folder: Path, board: str) -> dict[str, tuple[str, str]]:
    """(key, order) of every shot, as if each step before it had made the same bytes."""
    (folder / "storyboard.yaml").write_text(board)
    (folder / "first.png").write_bytes(png(64, 36))
    (folder / "other.png").write_bytes(png(50, 50))
    seen, found = look(read(Workspace(folder / "storyboard.yaml"))), {}
    for step in seen.layout.graph.steps.values():
        if step.kind == "shot":
            files = {i.label: i.keyed.file for i in step.inputs}
            digests = {label: seen.inputs.digest(file) if file else "a" * 64 for label, file in files.items()}
            found[step.shots[0]] = key(step, digests), order(step)
    return found


def test_keys_stay_as_they_were(tmp_path: Path) -> None:
    assert keys(tmp_path, BOARD) == GOLDEN


@pytest.mark.parametrize("fit", ["crop", "blur", "stretch"])
def test_a_fit_that_fits_nothing_is_in_no_key(tmp_path: Path, fit: str) -> None:
    found = keys(tmp_path, BOARD.replace("fit: pad", f"fit: {fit}").replace("fit: crop}", "}"))
    assert _drawn_for(fit, found) == _drawn_for(fit, GOLDEN)


def test_another_fit_of_a_picture_that_is_fitted_is_another_key(tmp_path: Path) -> None:
    other = BOARD.replace("image: first.png}", "image: other.png}")
    fits = {fit: keys(tmp_path, other.replace("fit: pad", f"fit: {fit}")) for fit in ("pad", "crop", "blur", "stretch")}

    assert len({found["pictured"][0] for found in fits.values()}) == 4
    assert len({found["pictured"][1] for found in fits.values()}) == 1  # a pick stays with its shot
    for fit, found in fits.items():
        assert _drawn_for(fit, _less(found, "pictured")) == _drawn_for(fit, _less(GOLDEN, "pictured"))


def test_a_fitted_picture_is_keyed_by_the_authors_file_not_by_what_was_made_of_it(tmp_path: Path) -> None:
    keys(tmp_path, BOARD.replace("image: first.png}", "image: other.png}"))
    layout = read(Workspace(tmp_path / "storyboard.yaml")).layout
    pictured, chained = (layout.graph.steps[f"shot:{name}#1"].inputs[0] for name in ("pictured", "chained"))

    assert layout.graph.steps[pictured.step].work == FitWork(Size(64, 36), "pad")
    assert (pictured.keyed.file, pictured.fit) == ("other.png", "pad")
    assert layout.graph.steps[chained.step].work == FitWork(Size(64, 36), "crop")  # whatever comes back has that size
    assert (chained.keyed.step, chained.fit) == ("shot:pictured#1", "")


def test_a_server_that_takes_any_size_gets_the_picture_as_it_is(tmp_path: Path) -> None:
    for change in ("options: {server: vllm-omni}", "models: {wan: {exact_image: false}}"):
        board = BOARD.replace('9/v1"}', f'9/v1", {change}}}').replace("image: first.png}", "image: other.png}")
        lines = [line for line in board.splitlines() if "remix:" not in line and "extend:" not in line]
        keys(tmp_path, "\n".join(lines))
        layout = read(Workspace(tmp_path / "storyboard.yaml")).layout
        assert layout.graph.steps["shot:pictured#1"].inputs[0] == Input("image", file="other.png")
        assert not any(step.kind == "picture" for step in layout.graph.steps.values())


def _drawn_for(fit: str, keys: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Without the square sketch where the film crops it: it is drawn anew, for its words stand in what is left."""
    return _less(keys, "drawn-on") if fit == "crop" else keys


def _less(keys: dict[str, tuple[str, str]], name: str) -> dict[str, tuple[str, str]]:
    return {n: k for n, k in keys.items() if n != name}


SPOKEN = """\
reelmake: 1
providers:
  studio: {kind: atelier.yaml, base_url: "http://127.0.0.1:9"}
tiers:
  final: {provider: studio, model: film}
  voice: {provider: studio, model: voice}
  band: {provider: studio, model: band}
defaults: {tier: final, speech: voice, size: 64x36, seconds: 4, voice: narrator}
voices: {narrator: {voice: alloy, style: calm, language: en, seed: 7}, girl: {voice: alloy}}
characters: {maya: {look: Maya in red, voice: girl}}
shots:
  told: {prompt: A kite over the park., say: [It is early., {maya: Come on!}]}
sound: {music: {prompt: Strings., tier: band}}
"""
GOLDEN_SPOKEN = {
    "told.say.1": ("2e2b55dc1305439672d69c9e05412d98818eefe53b97934453dfbab4237d94e4", "299de30b7448205e"),
    "told.say.2": ("875ca43c403f45fe56caafcceca2ad979efebccfd58ce93caf6c09ee48122a2b", "464b2cd7e8ca2e27"),
    "told": ("313dc49240792b2dfddc734698b6ede44f885f55dbf24eb78eec41aefa032fab", "c924ae360b03589f"),
    "music.bed": ("61af496c5e18351ce647d1f8fdc9b12a1fc592b06c3e01286bfb40f922e269e7", "f52dfc06c29ca5fc"),
}


def test_keys_of_what_is_said_stay_as_they_were(tmp_path: Path) -> None:
    """Lines, the clip that is sent them, and music; a clip is keyed by the list of its lines, not by their samples."""
    (tmp_path / "atelier.yaml").write_text(
        FILE.replace("tag: $token}}\n  still", "tag: $token, voice: $speech}}\n  still")
    )
    (tmp_path / "storyboard.yaml").write_text(SPOKEN)
    steps = look(read(Workspace(tmp_path / "storyboard.yaml"))).layout.graph.steps.values()
    ordered = [step for step in steps if step.order]
    found = {s.shots[0]: (key(s, {i.label: "a" * 64 for i in s.inputs}), order(s)) for s in ordered}
    assert found == GOLDEN_SPOKEN
    (clip,) = [step for step in ordered if step.shots == ("told",)]
    assert [(i.label, i.step, i.keyed.step) for i in clip.inputs] == [("speech", "voices:told", "lines:told")]
