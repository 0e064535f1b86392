"""Several people with real git, a bare remote and a shared store: what one has paid for nobody pays for again, and what
two of them decided differently is asked of a person, once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

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
  # the opening
  park: {prompt: A kite., takes: 3}

  # in between
  tram: {prompt: A tram., tier: draft}

  # the end
  roof: {prompt: A roof.}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, bill=tmp_path / "bill", state=tmp_path / "state")) as found:
        yield found


@pytest.fixture
def ada(tmp_path: Path, server: FakeServer) -> Clone:
    """Who made and paid for a film, shared the clips, and pushed what git keeps of it to a bare repository."""
    remote = tmp_path / "film.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], check=True)
    (tmp_path / "ada").mkdir()
    shared = (tmp_path / "shared").as_uri()
    made = Clone(tmp_path / "ada", {"STUDIO_KEY": "sk-1", "REELMAKE_CACHE": shared})
    made.git("init", "-q", "-b", "main")
    made.git("remote", "add", "origin", str(remote))
    made.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    made.write(".gitignore", "/build/\n")
    made.run("build", "--yes").expect()
    made.commit("The film")
    made.git("push", "-qu", "origin", "main")
    return made


@pytest.fixture
def bob(ada: Clone, tmp_path: Path) -> Clone:
    return cloned(ada, tmp_path / "bob")


def cloned(ada: Clone, root: Path) -> Clone:
    """Somebody else's clone of the remote: no key, and the shared store within reach."""
    subprocess.run(["git", "clone", "-q", str(root.parent / "film.git"), str(root)], check=True)
    return Clone(root, {"REELMAKE_CACHE": ada.env["REELMAKE_CACHE"]})


def test_a_clone_without_keys_builds_the_same_bytes(ada: Clone, bob: Clone, server: FakeServer) -> None:
    bill, asked = len(server.bill), len(server.requests)
    assert bob.plan("--locked")["cost_usd"] == 0
    assert bob.run("build", "roof", "park", "--locked", "--json").expect().json["generated"] == 0
    bob.run("build").expect()  # with the tram, which is drawn
    assert bob.cut() == ada.cut()
    assert (len(server.bill), len(server.requests)) == (bill, asked)
    assert bob.git("status", "--porcelain") == ""


def test_branches_that_add_shots_merge_and_nobody_pays_again(
    ada: Clone, bob: Clone, server: FakeServer, tmp_path: Path
) -> None:
    bob.env["STUDIO_KEY"] = "sk-2"
    ada.edit("  # in between\n", "  rain: {prompt: Rain.}\n  # in between\n")
    ada.run("build", "--yes").expect()
    ada.commit("Rain")
    ada.git("push", "-q")
    bob.edit("  # the end\n", "  sun: {prompt: Sun.}\n  # the end\n")
    bob.run("build", "--yes").expect()
    bob.commit("Sun")
    assert len(server.bill) == 6
    bob.git("pull", "-q", "--no-rebase", "--no-edit", "origin", "main")

    assert bob.plan()["cost_usd"] == 0
    bob.run("build", "--yes").expect()
    assert len(server.bill) == 6
    assert bob.git("status", "--porcelain") == ""  # the lock that git merged is the one that a build writes
    bob.git("push", "-q")
    third = cloned(bob, tmp_path / "eve")
    third.run("build", "--locked", "rain", "sun", "park", "roof").expect()
    third.run("build").expect()
    assert third.cut() == bob.cut()
    assert len(server.bill) == 6


def test_two_picks_of_one_shot_are_a_question_and_pick_answers_it(
    ada: Clone, bob: Clone, server: FakeServer, tmp_path: Path
) -> None:
    bill = len(server.bill)
    ada.run("pick", "park", "2").expect()
    ada.commit("Park: the second")
    bob.run("pick", "park", "3").expect()
    bob.commit("Park: the third")
    bob.git("push", "-q")
    ada.git("tag", "second")
    ada.git("pull", "-q", "--no-rebase", "--no-edit")
    bob.git("pull", "-q", "--no-rebase", "--no-edit", str(ada.root), "second")  # merged the other way round
    for who in (ada, bob):
        said = who.run("build", "--yes").expect(2).stderr
        assert 'error[RM985]: of "park", takes 2 and 3 are picked' in said
        assert "--> reelmake.lock:2:" in said
        assert "note: by ada, " in said
        assert "in “Park: the second”" in said
        assert "in “Park: the third”" in said
        assert "`reelmake pick park 2` or `reelmake pick park 3` decides" in said
        who.run("plan").expect(2, stderr="RM985")
        who.run("check").expect(2, stderr="RM985")
        who.run("takes", "park").expect(stdout="take 3", stderr='warning[RM985]: of "park"')
        who.run("build", "roof").expect()  # it does not hang on that
        who.run("status").expect(stderr='warning[RM985]: of "park", takes 2 and 3 are picked')
        assert "RM985" not in who.run("status", "roof").expect().stderr
    assert ada.lock == bob.lock  # a build that had nothing to do with it has written both the same way
    assert '"rivals"' in ada.lock

    ada.run("pick", "park", "3").expect()
    ada.run("build").expect()
    ada.commit("Park: the third it is")
    bob.git("reset", "-q", "--hard", "origin/main")
    bob.git("pull", "-q", "--no-rebase", "--no-edit", str(ada.root), "main")
    bob.run("build").expect()
    assert ada.cut() == bob.cut()
    assert ada.lock == bob.lock
    assert len(server.bill) == bill


def test_a_rebase_a_cherry_pick_a_stash_and_a_rename_keep_what_was_chosen(ada: Clone, server: FakeServer) -> None:
    bill = len(server.bill)
    ada.git("checkout", "-qb", "other")
    ada.run("pick", "park", "2").expect()
    ada.run("build").expect()
    ada.commit("Park: the second")
    second = ada.cut()
    ada.git("checkout", "-q", "main")
    ada.edit("  park:", "  meadow:")
    ada.run("build", "--yes").expect()
    ada.commit("It is a meadow")
    ada.git("checkout", "-q", "other")
    ada.git("rebase", "-q", "main")
    ada.run("build").expect()  # picked as park, before it was called meadow
    assert ada.cut() == second

    ada.git("checkout", "-q", "main")
    ada.run("pick", "roof", "1").expect()
    ada.git("stash", "-q")
    ada.git("cherry-pick", "other")
    ada.git("stash", "pop", "-q")
    ada.run("build").expect()
    assert ada.cut() == second
    assert '"picks"' in next(line for line in ada.lock.splitlines() if line.startswith("roof "))
    assert len(server.bill) == bill


def test_two_storyboards_of_one_folder_lose_nothing_by_each_other(
    ada: Clone, server: FakeServer, tmp_path: Path
) -> None:
    teaser = FILM.replace("URL", server.base_url).replace("A kite.", "A kite up close.").replace("takes: 3", "takes: 2")
    ada.write("teaser.yaml", f"{teaser}outputs: {{teaser.mp4: {{}}}}\n")
    ada.run("build", "-f", "teaser.yaml", "--yes").expect()
    ada.run("pick", "-f", "teaser.yaml", "park", "2").expect()
    said = ada.run("pick", "-f", "teaser.yaml", "roof", "1").expect().stderr
    assert said.startswith("Also used by storyboard.yaml, where the same order has no pick of its own\n")
    ada.run("build", "-f", "teaser.yaml", "--yes").expect()
    bill, lock = len(server.bill), ada.lock
    assert bill == 4 + 2
    ada.run("build").expect()
    assert ada.lock == lock
    ada.commit("A teaser")
    ada.git("push", "-q")

    eve = cloned(ada, tmp_path / "eve")  # whose store has none of it
    for board in ("storyboard.yaml", "teaser.yaml"):
        assert eve.plan("-f", board)["cost_usd"] == 0
        eve.run("build", "-f", board).expect()
    assert (eve.root / "build/teaser.mp4").read_bytes() == (ada.root / "build/teaser.mp4").read_bytes()
    assert eve.cut() == ada.cut()

    ada.git("mv", "storyboard.yaml", "film.yaml")
    ada.run("build", "-f", "film.yaml", "--locked", "roof").expect()  # one shot only: the others keep their lines
    assert {line.partition(":")[0] for line in ada.lock.splitlines()[1:]} == {"film.yaml", "teaser.yaml"}
    ada.commit("Renamed")
    ada.git("push", "-q")
    finn = cloned(ada, tmp_path / "finn")
    finn.run("build", "-f", "film.yaml").expect()
    assert finn.cut() == ada.cut()
    ada.run("diff", "-f", "film.yaml", "HEAD~1").expect(stdout="nothing is different")
    assert len(server.bill) == bill


def test_a_branch_that_reverts_finds_the_old_takes(ada: Clone, bob: Clone, server: FakeServer) -> None:
    before = ada.cut()
    ada.edit("A roof.", "A red roof.")
    ada.run("build", "--yes").expect()
    ada.commit("A red roof")
    bill = len(server.bill)
    ada.git("revert", "--no-edit", "HEAD")
    ada.run("cache", "gc", "--paid", "--delete").expect()
    ada.run("build").expect()
    assert ada.cut() == before
    ada.git("push", "-q")
    bob.git("pull", "-q")
    bob.run("build").expect()
    assert (bob.cut(), len(server.bill)) == (before, bill)


def test_one_branch_changes_a_prompt_while_the_other_asks_for_one_more_take(
    ada: Clone, bob: Clone, server: FakeServer, tmp_path: Path
) -> None:
    """git keeps both lines: whichever order the storyboard has then, its take is pinned."""
    bob.env["STUDIO_KEY"] = "sk-2"
    ada.run("retake", "roof", "--yes", "--keep-pick").expect()
    ada.commit("Another roof")
    ada.git("push", "-q")
    bob.edit("A roof.", "A red roof.")
    bob.run("build", "--yes").expect()
    bob.commit("A red roof")
    bob.git("pull", "-q", "--no-rebase", "--no-edit")
    bob.git("push", "-q")
    bill = len(server.bill)
    for maker, name in ((bob, "eve"), (bob, "dan")):
        other = cloned(maker, tmp_path / name)
        assert other.plan()["cost_usd"] == 0
        other.run("build", "--yes").expect()
        assert other.cut() == bob.cut()
    assert len(server.bill) == bill


def test_a_take_that_two_people_paid_for_is_nobodys_loss(
    ada: Clone, bob: Clone, server: FakeServer, tmp_path: Path
) -> None:
    """Both asked for one more, each on a branch. Both clips stay pinned, and no build writes the lock file back and
    forth."""
    bob.env["STUDIO_KEY"] = "sk-2"
    for who in (ada, bob):
        who.run("retake", "roof", "--yes").expect()
        who.run("build").expect()
        who.commit("Another roof")
    bill = len(server.bill)
    ada.git("tag", "retaken")
    ada.git("pull", "-q", "--no-rebase", "--no-edit", str(bob.root), "main")
    bob.git("pull", "-q", "--no-rebase", "--no-edit", str(ada.root), "retaken")
    said = [who.run("build", "--set", "defaults.seconds=0.5").expect().stderr for who in (ada, bob)]
    assert ada.lock == bob.lock
    assert sorted("was paid for twice" in words for words in said) == [False, True], said
    for who in (ada, bob):
        before = who.lock
        who.run("build").expect()
        assert who.lock == before
        assert who.plan()["cost_usd"] == 0
    ada.commit("Both roofs")
    ada.git("push", "-q")
    eve = cloned(ada, tmp_path / "eve")
    eve.run("build").expect()
    assert eve.lock == ada.lock
    assert eve.cut() in (ada.cut(), bob.cut())
    assert len(server.bill) == bill
