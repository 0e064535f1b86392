"""What to do next works when it is typed."""

from __future__ import annotations

import pytest

from reelmake.report.typed import typed


@pytest.mark.parametrize(
    ("argv", "step", "expected"),
    [
        (["build"], "reelmake build", "reelmake build"),
        (["build", "-f", "other.yaml"], "reelmake build", "reelmake build -f other.yaml"),
        (["--file=my film.yaml", "plan"], "reelmake plan", "reelmake plan -f 'my film.yaml'"),
        (
            ["build", "-fx.yaml", "--profile", "ci"],
            "reelmake build --yes",
            "reelmake build --yes -f x.yaml --profile ci",
        ),
        (["build", "-f", "x.yaml", "--set", "a=b"], "reelmake jobs ls", "reelmake jobs ls -f x.yaml"),
        (["build", "--profile", "ci"], "reelmake cache verify --forget", "reelmake cache verify --forget"),
        (["build", "-f", "x.yaml"], "set `price:` on its tier", "set `price:` on its tier"),
        (["shoot", "-f", "x.yaml"], "reelmake shoot A -f x.yaml --yes", "reelmake shoot A -f x.yaml --yes"),
    ],
)
def test_a_step_names_the_storyboard_that_was_meant(argv: list[str], step: str, expected: str) -> None:
    assert typed([step], argv) == (expected,)


@pytest.mark.parametrize(
    ("argv", "command", "step", "expected"),
    [
        (
            ["build", "park", "--budget", "1"],
            "build",
            "reelmake build --budget 2.00",
            "reelmake build park --budget 2.00",
        ),
        (["build", "--locked", "park"], "build", "reelmake build", "reelmake build park"),
        (["build", "park"], "build", "reelmake plan", "reelmake plan"),
        (
            ["-f", "x y.yaml", "retake", "park"],
            "retake",
            "reelmake build --yes",
            "reelmake -f 'x y.yaml' retake park --yes",
        ),
        (["retake", "park", "--budget=1"], "retake", "reelmake plan", "reelmake retake park --dry-run"),
        (
            ["shoot", "A kite.", "-o", "k.mp4"],
            "shoot",
            "reelmake build --yes",
            "reelmake shoot 'A kite.' -o k.mp4 --yes",
        ),
        (["shoot", "A kite.", "-n"], "shoot", "reelmake plan", "reelmake shoot 'A kite.' --dry-run"),
        (["retake", "park"], "retake", "reelmake build dusk", "reelmake build dusk"),
        (["pick", "park", "2"], "pick", "reelmake build", "reelmake build"),
        (["retake", "park"], "", "reelmake build", "reelmake build"),
    ],
)
def test_build_again_means_this_command_again(argv: list[str], command: str, step: str, expected: str) -> None:
    assert typed([step], argv, command) == (expected,)
