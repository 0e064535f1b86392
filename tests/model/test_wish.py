"""What is asked for on a command line, as values."""

from __future__ import annotations

import pytest

from reelmake.model.wish import scheduler


def test_a_schedulers_address() -> None:
    assert scheduler("dask://10.0.0.5:8786") == "10.0.0.5:8786"
    assert scheduler("dask://[::1]:8786") == "[::1]:8786"
    assert scheduler("") == ""


@pytest.mark.parametrize(
    "text", ["10.0.0.5:8786", "dask://", "dask://host", "dask://:1", "dask://host:0", "dask://a@b:1", "dask://a/b:1"]
)
def test_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="is not dask://HOST:PORT"):
        scheduler(text)
