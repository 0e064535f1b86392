"""`cache gc`: what anything in git or a late build refers to stays; the rest is told with what it would take to have it
back, and goes when somebody says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelmake.store.hold import Hold
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.clone import Clone

pytestmark = pytest.mark.slow

FILM = """\
reelmake: 1
providers: {studio: {kind: openai-videos, base_url: "URL", api_key: "${env:STUDIO_KEY}"}}
tiers: {final: {provider: studio, model: m1, price: 0.4}, draft: {provider: sketch}}
defaults: {size: 128x72, seconds: 0.5, tier: final}
shots:
  tram: {prompt: A tram., tier: draft}
  roof: {prompt: A roof.}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, bill=tmp_path / "bill", state=tmp_path / "state")) as found:
        yield found


@pytest.fixture
def film(tmp_path: Path, server: FakeServer) -> Clone:
    """A film that is made, paid for and committed, in a folder of a repository."""
    (tmp_path / "works/film").mkdir(parents=True)
    made = Clone(tmp_path / "works/film", {"STUDIO_KEY": "sk-1"})
    made.git("init", "-q", "-b", "main", "..")
    made.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    made.write(".gitignore", "/build/\n")
    made.run("build", "--yes").expect()
    made.commit("The film")
    return made


def on_disk(film: Clone) -> set[Path]:
    return {file for nest in ("store", "takes") for file in (film.root / ".reelmake" / nest).rglob("*.*")}


def tried(film: Clone, roof: str) -> None:
    """A roof of another kind is made and paid for."""
    film.edit("A roof.", roof)
    film.run("build", "--yes").expect()


def test_what_git_refers_to_stays(film: Clone, server: FakeServer, tmp_path: Path) -> None:
    """A branch that moved on, a tag, a remote's branch, two stashes, another work tree: each has a roof of its own."""
    film.git("checkout", "-qb", "branch")
    tried(film, "A red roof.")
    film.commit("Red")
    film.git("revert", "--no-edit", "HEAD")
    film.git("checkout", "-q", "main", "--detach")
    tried(film, "A blue roof.")
    film.commit("Blue")
    film.git("tag", "blue")
    film.git("checkout", "-q", "main", "--detach")
    tried(film, "A tin roof.")
    film.commit("Tin")
    film.git("init", "-q", "--bare", str(tmp_path / "bare"))
    film.git("push", "-q", str(tmp_path / "bare"), "HEAD:refs/heads/tin")
    film.git("checkout", "-q", "main")
    film.git("remote", "add", "origin", str(tmp_path / "bare"))
    film.git("fetch", "-q")
    for roof in ("A stone roof.", "A glass roof."):
        tried(film, roof)
        film.git("stash", "-q")
    film.git("worktree", "add", "-q", "--detach", str(tmp_path / "beside"), "main")
    tried(film, "A slate roof.")
    (tmp_path / "beside/film/reelmake.lock").write_text(film.lock)
    slate = film.lock
    film.git("checkout", "-q", ".")
    film.git("reflog", "expire", "--expire=now", "HEAD")
    tried(film, "A straw roof.")  # which nobody has committed
    film.git("checkout", "-q", ".")
    film.run("build").expect()
    bill = len(server.bill)
    assert bill == 8

    found = film.run("cache", "gc", "--paid", "--runs", "0", "--delete", "--json").expect().json
    paid = [take for take in found["removed"] if take["provider"] == "studio"]
    assert [(take["back"], take["cost_usd"]) for take in paid] == [("fetched", 0.2)]  # the straw

    for revision in ("main", "branch~1", "blue", "origin/tin", "stash@{0}", "stash@{1}"):
        film.git("checkout", "-q", revision, "--detach")
        assert film.plan()["cost_usd"] == 0, revision
    film.git("checkout", "-q", "main")
    film.edit("A roof.", "A slate roof.")
    film.write("reelmake.lock", slate)
    assert film.plan()["cost_usd"] == 0
    assert len(server.bill) == bill


def test_it_is_shown_first_and_only_so_much_is_removed(film: Clone, server: FakeServer) -> None:
    """Free work of builds long ago, the oldest first; what was paid for only if that is said."""
    for _ in range(3):
        film.edit("A tram", "A tram again")
        film.run("build").expect()
    tried(film, "A red roof.")
    film.git("checkout", "-q", ".")
    film.run("build").expect()
    before = on_disk(film)

    shown = film.run("cache", "gc", "--runs", "1").expect()
    assert "would remove" in shown.stdout
    assert "made here again for free" in shown.stdout
    assert "nothing was removed; --delete does it" in shown.stdout
    assert "1 paid, which nothing refers to any more (--paid removes them too)" in shown.stdout
    assert "$0.20, as other takes" in film.run("cache", "gc", "--runs", "1", "--paid").expect().stdout
    assert on_disk(film) == before
    kept = film.run("cache", "gc", "--runs", "9", "--json").expect().json
    assert (kept["removed"], len(kept["spared"])) == ([], 0)  # the last builds used all of it

    whole = film.run("cache", "gc", "--runs", "1", "--json").expect().json
    assert whole["deleted"] is False
    assert {take["provider"] for take in whole["removed"]} <= {"sketch", None}
    most = whole["store_bytes"] - whole["bytes"] // 2
    some = film.run("cache", "gc", "--runs", "1", "--max-size", f"{most}B", "--delete", "--json").expect().json
    assert 0 < some["bytes"] < whole["bytes"]
    assert some["store_bytes"] - some["bytes"] <= most
    assert [take["made"] for take in some["removed"]] == sorted(take["made"] for take in whole["removed"])[
        : len(some["removed"])
    ]
    sizes = sum(file.stat().st_size for file in (film.root / ".reelmake/store").rglob("*.*"))
    assert sizes == some["store_bytes"] - some["bytes"]
    rest = film.run("cache", "gc", "--runs", "1", "--max-size", "1 KB", "--delete").expect()
    assert "stay, more than --max-size" in rest.stdout
    film.run("build").expect(stderr="nothing to do")
    assert film.plan()["cost_usd"] == 0
    film.run("cache", "gc", "--max-size", "much").expect(2, stderr="RM988")
    film.run("cache", "verify").expect()
    film.edit("A roof.", "A red roof.")
    assert film.plan()["cost_usd"] == 0  # it stayed
    assert len(server.bill) == 2


def test_a_run_that_goes_on_is_not_disturbed(film: Clone) -> None:
    film.edit("A tram", "Two trams")
    before = on_disk(film)
    with Hold(film.root / ".reelmake/hold"):
        film.run("cache", "gc", "--delete", "--runs", "0").expect(1, stderr="another run holds this project")
    assert on_disk(film) == before


def test_what_git_cannot_say_is_not_guessed(film: Clone) -> None:
    """Nor is a damaged record of what was paid for taken for no record."""
    paid = _paid(film)
    for nest in ("refs/heads/main", "HEAD"):
        (film.root.parent / ".git" / nest).write_text("no commit\n")
    before = on_disk(film)
    film.run("cache", "gc", "--paid", "--delete").expect(2, stderr="RM740")
    assert on_disk(film) == before
    shutil.rmtree(film.root.parent / ".git")
    (film.root / "reelmake.lock").unlink()
    (clip,) = (file for file in before if file.name.startswith(paid))
    for record in (film.root / ".reelmake/takes").rglob("*.json"):
        record.write_bytes(record.read_bytes()[:-9])
    film.run("cache", "gc", "--delete").expect()
    assert [file for file in on_disk(film) if file.parent.parent.name == "store"] == [clip]


def test_a_shallow_clone_does_not_know_what_is_needed(film: Clone, tmp_path: Path) -> None:
    """It was given the store of the whole one, as CI keeps it."""
    tried(film, "A red roof.")
    film.commit("Red")
    url = (tmp_path / "works").as_uri()
    film.git("clone", "-q", "--depth", "1", url, str(tmp_path / "shallow"))
    mine = Clone(tmp_path / "shallow/film", dict(film.env))
    shutil.copytree(film.root / ".reelmake", mine.root / ".reelmake")
    before = on_disk(mine)
    mine.run("cache", "gc", "--paid", "--runs", "0", "--delete").expect(1, stderr="next: git fetch --unshallow")
    assert on_disk(mine) == before
    mine.git("fetch", "-q", "--unshallow")
    mine.run("cache", "gc", "--paid", "--runs", "0", "--delete").expect()
    mine.edit("A red roof.", "A roof.")
    mine.git("checkout", "-q", "HEAD~1", "--", "reelmake.lock")
    assert mine.plan()["cost_usd"] == 0


def _paid(film: Clone) -> str:
    """The digest of the one clip that was paid for."""
    (take,) = (take for take in film.run("cache", "ls", "--json").expect().json["takes"] if take["cost_usd"])
    return str(take["sha256"])
