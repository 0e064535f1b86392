"""`--draft`: the sketch in the place of every provider, whatever the board says; nobody is asked, nothing is spent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import reelmake
from reelmake.model.take import Attempt
from reelmake.store.journal import LocalJournal
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder
from tests.support.foreign import NAMES

KEYS = Path(__file__).parents[1] / "support" / "keys"

FILM = """\
reelmake: 1
vars: {who: studio}
providers:
  studio: {kind: openai-videos, base_url: "URL", api_key: "${env:STUDIO_KEY}", webhook_secret: "${env:HOOK}"}
tiers:
  cheap: {provider: studio, model: m1, price: 0, seconds: 0.5}
  final: {provider: studio, model: m1, price: 0.5, size: 192x108, extras: {quality: high}, retry_moderation: 2}
defaults: {tier: final, size: 128x72, seconds: 0.5, takes: 2, if_gone: regenerate}
budget: 100
profiles:
  dear: {defaults: {tier: final}, tiers: {cheap: {provider: studio, model: m1, price: 9}}}
shots:
  a: {prompt: A kite., tier: cheap, pick: 2}
  b: {remix: a, prompt: At dusk., tier: cheap, extras: {quality: low}}
  c: {continue: a, prompt: It lands., if_gone: stop}
  d: {extend: c, prompt: It rests., if_gone: upload}
"""
FILM = FILM.replace(", if_gone: stop}", "}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(key="sk-1", takes=0.05, bill=tmp_path / "bill", state=tmp_path / "state")) as found:
        yield found


@pytest.fixture
def film(project: Folder, server: FakeServer, tmp_path: Path) -> Folder:
    """A film of which every shot is paid for, on a machine that would note every connection."""
    project.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    project.env |= {"STUDIO_KEY": "sk-1", "PYTHONPATH": str(NAMES), "CONNECTIONS": str(tmp_path / "connections")}
    return project


def connections(film: Folder) -> str:
    log = Path(film.env["CONNECTIONS"])
    return log.read_text() if log.exists() else ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--profile", "dear"),
        ("--set", "defaults.tier=final", "--set", "tiers.cheap.provider=studio"),
        ("--yes", "--budget", "50", "--webhook", "127.0.0.1:0"),
    ],
)
def test_a_draft_orders_nothing_whatever_is_said(more: tuple[str, ...], film: Folder) -> None:
    built = film.run("build", "--draft", "--json", *more).expect().json

    assert (built["draft"], built["cost_usd"], built["generated"]) == (True, 0, 4)
    paid = film.plan(*(() if "--yes" in more else more))
    assert built["outputs"]["build/cut.mp4"]["frames"] == paid["outputs"]["build/cut.mp4"]["frames"]
    assert connections(film) == ""
    assert not (film.root / "reelmake.lock").exists()


@pytest.mark.slow
def test_what_it_says(film: Folder) -> None:
    plan = film.run("plan", "--draft").expect()
    assert "draft: drawn by sketch, nothing is ordered" in plan.stdout
    assert "$" not in plan.stdout
    assert film.plan("--draft")["draft"] is True
    assert "draft: drawn by sketch" in film.run("plan", "--draft", "--format", "markdown").stdout

    built = film.run("build", "--draft").expect()
    assert "(draft: drawn by sketch)" in built.stdout
    again = film.run("build", "--draft").expect()
    assert again.stdout == built.stdout
    for command in ("status", "takes", "graph"):
        film.run(command, "--draft").expect()
    film.run("explain", "a", "--draft").expect()
    assert "draft" not in film.run("plan").stdout


@pytest.mark.slow
def test_a_paid_film_is_not_disturbed(film: Folder, server: FakeServer) -> None:
    film.run("build", "--yes").expect()
    film.run("pick", "c", "2").expect()
    film.run("build", "--yes").expect()
    lock, cut, bill = (film.root / "reelmake.lock").read_bytes(), film.cut(), len(server.bill)

    Path(film.env["CONNECTIONS"]).unlink()
    film.run("build", "--draft").expect()
    assert film.cut() != cut
    assert connections(film) == ""
    assert (film.root / "reelmake.lock").read_bytes() == lock
    film.run("build", "--yes").expect()
    assert (film.cut(), len(server.bill)) == (cut, bill)
    assert (film.root / "reelmake.lock").read_bytes() == lock


@pytest.mark.slow
def test_the_same_board_gives_the_same_draft_everywhere(film: Folder, tmp_path: Path) -> None:
    """With or without the lock and the takes of the paid film: a reviewer and CI see the same."""
    bare = film.copy(tmp_path / "bare")
    film.run("build", "--yes").expect()

    film.run("build", "--draft").expect()
    bare.run("build", "--draft").expect()
    assert film.cut() == bare.cut()


@pytest.mark.slow
@pytest.mark.parametrize("locked", [False, True])
def test_open_orders_are_left_alone(locked: bool, film: Folder) -> None:
    """Even a forged one, of this board's provider or of none that it has, with an answer or without."""
    journal = LocalJournal(film.root / ".reelmake" / "journal")
    for token, provider, remote in (("t1", "studio", "v1"), ("t2", "studio", ""), ("t3", "other", "v3")):
        journal.intend(
            Attempt(token * 32, token, provider, "a", cost=Decimal(1), at="2026-11-30T09:00:00Z", order="{}")
        )
        if remote:
            journal.submitted(token, remote)

    film.run("build", "--draft", *(("--locked",) if locked else ())).expect(3 if locked else 0)

    assert connections(film) == ""
    assert len(LocalJournal(film.root / ".reelmake" / "journal").open()) == 3


@pytest.mark.slow
def test_locked_asks_nobody_what_became_of_open_orders(film: Folder) -> None:
    film.run("build", "--yes").expect()
    journal = LocalJournal(film.root / ".reelmake" / "journal")
    journal.intend(Attempt("k" * 64, "t1", "studio", "a", cost=Decimal(1), at="2026-11-30T09:00:00Z", order="{}"))
    journal.submitted("t1", "v1")
    Path(film.env["CONNECTIONS"]).unlink()

    film.run("build", "--locked").expect()
    (film.root / "build" / "cut.mp4").unlink()
    film.run("build", "--locked", "--set", "fps=25").expect()  # there is local work to do
    assert connections(film) == ""


@pytest.mark.slow
def test_what_is_only_a_providers_business_cannot_be_wrong(project: Folder) -> None:
    """A vendor file that is none, a kind that nobody knows, a model past its sunset, a key in the clear."""
    project.write("vendors/acme.yaml", "[")
    project.storyboard(
        """\
        providers:
          acme: {kind: vendors/acme.yaml, base_url: "${env:HOME}", api_key: "sk-0123456789abcdef"}
          other: {kind: nobody-knows-it}
          old:
            kind: openai-videos
            base_url: http://api.studio.example/v1
            models: {m1: {sunset: 2020-01-01, seconds: [4], sizes: [1280x720]}}
        tiers:
          {one: {provider: acme}, two: {provider: other}, three: {provider: old, model: m1}, four: {provider: gone}}
        shots:
          a: {prompt: A kite., tier: one}
          b: {prompt: A tram., tier: two}
          c: {prompt: A hill., tier: three}
          d: {prompt: The sea., tier: four}
        """
    )

    project.run("check").expect(2)
    project.run("check", "--draft").expect()
    assert project.run("build", "--draft", "--json").expect().json["generated"] == 4


@pytest.mark.slow
def test_no_secret_is_looked_up(project: Folder, tmp_path: Path) -> None:
    pytest.importorskip("keyring")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"reelmake": {"studio": "kr-1"}}))
    asked = tmp_path / "asked"
    (tmp_path / "ring").mkdir()
    (tmp_path / "ring" / "spy.py").write_text(
        "from filed_keys import FiledKeys\n"
        "class Spy(FiledKeys):\n"
        "    def get_password(self, *words):\n"
        f"        open({str(asked)!r}, 'a').write('asked')\n"
        "        return super().get_password(*words)\n"
    )
    project.env |= {"PYTHONPATH": f"{tmp_path / 'ring'}:{KEYS}", "PYTHON_KEYRING_BACKEND": "spy.Spy", "KEYS": str(keys)}
    project.write(
        "storyboard.yaml", FILM.replace("URL", "http://127.0.0.1:9/v1").replace("env:STUDIO_KEY", "keyring:studio")
    )

    for command in (("check",), ("plan",), ("status",), ("build",)):
        project.run(*command, "--draft").expect()
    assert not asked.exists()
    project.run("doctor")
    assert asked.exists()  # the spy sees it where it is looked up


def test_from_python(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("storyboard.yaml", FILM.replace("URL", "http://127.0.0.1:9/v1"))
    monkeypatch.delenv("STUDIO_KEY", raising=False)

    board = reelmake.load(project.root, draft=True)
    plan = reelmake.plan(board)
    assert {d.step.order.provider for d in plan.jobs if d.step.order} == {"sketch"}
    assert (plan.cost, plan.asks, plan.unpriced) == (0, False, [])
    assert reelmake.plan(project.root).asks
