"""What a provider may be asked for at once: its own limits, and where it names none those of the models in use."""

from __future__ import annotations

from pathlib import Path

from reelmake.model.provider import Limits
from reelmake.session.project import read
from reelmake.session.workspace import Workspace

BOARD = """\
reelmake: 1
providers:
  studio:
    kind: openai-videos
    {OWN}
    models:
      slow: {limits: {in_flight: 3, per_minute: 50}}
      slower: {limits: {per_minute: 5}}
      idle: {limits: {in_flight: 1}}
tiers:
  one: {provider: studio, model: slow}
  two: {provider: studio, model: slower}
  three: {provider: studio, model: idle}
matrix: {tier: [one, two]}
shots:
  a: {prompt: A kite., tier: "${tier}"}
"""


def limits(folder: Path, own: str) -> Limits:
    (folder / "storyboard.yaml").write_text(BOARD.replace("{OWN}", own))
    return read(Workspace(folder / "storyboard.yaml")).providers["studio"].limits


def test_the_tightest_of_the_models_in_use_holds_in_every_variant(tmp_path: Path) -> None:
    assert limits(tmp_path, "options: {}") == Limits(3, 5)


def test_the_providers_own_limits_win(tmp_path: Path) -> None:
    assert limits(tmp_path, "limits: {per_minute: 60}") == Limits(3, 60)
    assert limits(tmp_path, "limits: {in_flight: 8, per_minute: 60}") == Limits(8, 60)
