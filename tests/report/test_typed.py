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
        (["build", "-f", "x.yaml"], "set `price:` on its tier", "set `price:` on its tier"),
        (["shoot", "-f", "x.yaml"], "reelmake shoot A -f x.yaml --yes", "reelmake shoot A -f x.yaml --yes"),
    ],
)
def test_a_step_names_the_storyboard_that_was_meant(argv: list[str], step: str, expected: str) -> None:
    assert typed([step], argv) == (expected,)
