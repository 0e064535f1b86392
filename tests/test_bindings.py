"""A secret goes only where the owner of the machine has allowed it, exactly, and never because a board says so."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from reelmake.errors import LocalTool, Mistake, Unbound
from reelmake.model.http import Auth, Carriage, Secret, loopback, origin
from reelmake.model.storyboard import ProviderSpec
from reelmake.wire.line import Line
from reelmake.world.bindings import STORE, Bindings, file
from reelmake.world.connection import UNTOLD, connect, unbound, vouched, whereabouts
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder
from tests.support.foreign import Stranger, stranger
from tests.support.terminal import typed

STUDIO = "https://api.studio.example"


@pytest.fixture
def bindings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bindings:
    """Of a project in a folder of its own; the user's file is beside it, and not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("REELMAKE_KEYS", raising=False)
    (tmp_path / "film").mkdir()
    return Bindings(tmp_path / "film")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("HTTPS://API.Studio.Example:443/v1?x=1", STUDIO),
        ("https://api.studio.example:8443/v1", STUDIO + ":8443"),
        ("http://api.studio.example", "http://api.studio.example"),
        ("http://api.studio.example:443", "http://api.studio.example:443"),
        ("https://me:pw@api.studio.example/", STUDIO),
        ("http://[::1]:8901/v1", "http://[::1]:8901"),
        ("https://stra\u00dfe.example", ""),
        ("https://api.studio.example\\@evil.example", ""),
        ("https://api.studio.example\n.evil.example", ""),
        ("https://api.studio.example:0", ""),
        ("https://api.studio.example:99999", ""),
        ("https://a%2eb", ""),
        ("ftp://api.studio.example", ""),
        ("//api.studio.example", ""),
        ("", ""),
    ],
)
def test_an_origin_is_told_exactly_or_not_at_all(address: str, expected: str) -> None:
    assert origin(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.9.8.7", True),
        ("https://localhost", True),
        ("http://[::1]", True),
        ("http://localhost.", False),
        ("http://127.1", False),
        ("http://127.0.0.1.example", False),
        ("http://localhost.example", False),
        ("http://[::ffff:127.0.0.1]", False),
        ("http://0.0.0.0", False),
        ("http://10.0.0.5", False),
    ],
)
def test_loopback_is_a_literal_name(address: str, expected: bool) -> None:
    assert loopback(origin(address)) is expected


def test_the_environment_binds_names_to_origins(bindings: Bindings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "REELMAKE_KEYS", f"STUDIO_KEY={STUDIO}, keyring:house=http://10.0.0.5:8000/,STUDIO_KEY=https://b.example:443"
    )

    assert bindings.allow("STUDIO_KEY", origin(STUDIO + "/v1"))
    assert bindings.allow("STUDIO_KEY", origin("https://b.example/v2"))
    assert bindings.allow("keyring:house", origin("http://10.0.0.5:8000/v1"))
    for place, address in [
        ("OTHER_KEY", STUDIO),
        ("house", "http://10.0.0.5:8000"),
        ("STUDIO_KEY", "http://api.studio.example"),
        ("STUDIO_KEY", STUDIO + ":8443"),
        ("STUDIO_KEY", "https://api.studio.example.evil.example"),
        ("STUDIO_KEY", "https://evil.example/#https://api.studio.example"),
        ("STUDIO_KEY", "https://api.studio.example@evil.example"),
    ]:
        assert not bindings.allow(place, origin(address)), (place, address)


@pytest.mark.parametrize(
    "said", ["STUDIO_KEY", "=https://a.example", "STUDIO_KEY=a.example", f"STUDIO_KEY={STUDIO}/v1"]
)
def test_what_cannot_be_understood_allows_nothing(
    said: str, bindings: Bindings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELMAKE_KEYS", said)

    with pytest.raises(Mistake) as refused:
        bindings.allow("STUDIO_KEY", STUDIO)
    assert refused.value.diagnostics[0].code == "RM822"


def test_a_yes_is_remembered_in_the_users_file(bindings: Bindings) -> None:
    assert not bindings.allow("STUDIO_KEY", STUDIO)
    bindings.remember("STUDIO_KEY", STUDIO)
    file().write_text("# mine\n" + file().read_text())
    bindings.remember("keyring:a", "http://10.0.0.5:1")

    assert bindings.allow("STUDIO_KEY", STUDIO)
    assert bindings.allow("keyring:a", origin("http://10.0.0.5:1/v1"))
    assert file().read_text().startswith("# mine\n")
    assert stat.S_IMODE(file().stat().st_mode) == 0o600
    assert [path.name for path in file().parent.iterdir()] == ["keys.toml"]


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "[[allow]]\nsecret = 1\norigin = 'https://a.example'",
        "[[allow]]\nsecret = 'A'",
        "[[allow]]\nsecret = 'A'\norigin = 'nowhere'",
        "A = 'https://a.example'",
        "allow = 1",
        "\xff",
    ],
)
def test_a_file_that_is_garbled_allows_nothing(text: str, bindings: Bindings) -> None:
    file().parent.mkdir(parents=True)
    file().write_bytes(text.encode("latin-1"))

    with pytest.raises(Mistake):
        bindings.allow("A", "https://a.example")


@pytest.mark.parametrize("board", [".", "films/one"])
def test_a_file_in_the_work_tree_is_not_the_owners(board: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the home folder is the checkout, a commit could bring the file."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.delenv("REELMAKE_KEYS", raising=False)
    (tmp_path / ".git").mkdir()
    (tmp_path / board).mkdir(parents=True, exist_ok=True)
    file().parent.mkdir(parents=True)
    file().write_text(f'[[allow]]\nsecret = "STUDIO_KEY"\norigin = "{STUDIO}"\n')
    found = Bindings(tmp_path / board)

    assert not found.allow("STUDIO_KEY", STUDIO)
    with pytest.raises(LocalTool):
        found.remember("STUDIO_KEY", STUDIO)


def test_a_provider_without_a_binding_is_not_connected_to(bindings: Bindings) -> None:
    with pytest.raises(Unbound) as refused:
        connect(ProviderSpec("studio", "openai-videos", STUDIO + "/v1", "STUDIO_KEY"), bindings)

    assert refused.value.wants == (("STUDIO_KEY", STUDIO),)
    assert refused.value.next_steps[0] == f'export REELMAKE_KEYS="STUDIO_KEY={STUDIO}"'


def test_the_address_of_a_kind_needs_a_binding_too(bindings: Bindings) -> None:
    """A board may send any variable to a vendor that we ship: a shipped address allows nothing by itself."""
    refused = unbound([ProviderSpec("x", "xai", api_key="AWS_SECRET_ACCESS_KEY")], bindings)

    assert refused is not None
    assert refused.wants == (("AWS_SECRET_ACCESS_KEY", "https://api.x.ai"),)


def test_a_plug_in_without_an_address_is_bound_by_its_kind(bindings: Bindings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it sends a key is the affair of who installed it; which key it is given is the board's."""
    plug_in = ProviderSpec("house", "sketch", "", "HOUSE_KEY")  # any kind that has no address

    refused = unbound([plug_in], bindings)
    assert refused is not None
    assert refused.wants == (("HOUSE_KEY", "kind:sketch"),)
    monkeypatch.setenv("REELMAKE_KEYS", "HOUSE_KEY=kind:sketch")
    assert unbound([plug_in], Bindings(Path())) is None


def test_a_name_beyond_ascii_is_sent_nothing(bindings: Bindings) -> None:
    refused = unbound([ProviderSpec("x", "openai-videos", "https://stra\u00dfe.example/v1", "KEY")], bindings)

    assert refused is not None
    assert "xn--" in refused.next_steps[0]


def test_the_line_has_the_last_word() -> None:
    for address in ("https://evil.example", "http://api.studio.example", STUDIO + ":8443", "nowhere"):
        with pytest.raises(ValueError, match="does not go to"):
            Line("studio", address, Auth(), Secret("sk-1", STUDIO), Carriage())
    Line("studio", STUDIO + ":443/v1", Auth(), Secret("sk-1", STUDIO), Carriage())


FILM = """\
reelmake: 1
vars: {{base: "{base}"}}
providers:
  studio: {{kind: openai-videos, base_url: "${{base}}", api_key: "${{env:STUDIO_KEY}}"}}
tiers: {{final: {{provider: studio, model: m1, price: 0}}}}
defaults: {{tier: final, size: 128x72, seconds: 0.5}}
budget: 0
shots:
  a: {{prompt: A kite.}}
"""


def test_vouched_for_is_where_a_provider_is_and_a_secret_may_go(
    bindings: Bindings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a storyboard that names an address nor an owner who allows another one is enough. Which secret it is does
    not matter: some servers take none."""
    monkeypatch.setenv("REELMAKE_KEYS", f"STUDIO_KEY={STUDIO},ANY=http://10.0.0.5:8188,OLD=https://old.example")
    bindings.remember(STORE, "https://store.example")
    specs = [
        ProviderSpec("studio", "openai-videos", f"{STUDIO}/v1", "STUDIO_KEY"),
        ProviderSpec("house", "comfyui", "http://10.0.0.5:8188"),
        ProviderSpec("mine", "openai-videos", "http://127.0.0.1:8901/v1"),
        ProviderSpec("shelf", "openai-videos", "https://store.example"),
        ProviderSpec("evil", "openai-videos", "https://evil.example/v1"),
        ProviderSpec("untold", "openai-videos", "https://stra\u00dfe.example/v1"),
    ]
    assert [whereabouts(spec) for spec in specs[3:]] == ["https://store.example", "https://evil.example", UNTOLD]
    assert vouched(specs, bindings) == {STUDIO, "http://10.0.0.5:8188", "http://127.0.0.1:8901"}


@pytest.fixture
def there() -> Stranger:
    with stranger() as found:
        yield found


@pytest.fixture
def film(project: Folder, there: Stranger) -> Folder:
    """A film whose one shot is to be ordered from the stranger, with a secret in the environment."""
    project.write("storyboard.yaml", FILM.format(base=there.address + "/v1"))
    there.known_to(project)
    project.env |= {"STUDIO_KEY": "sk-planted-0123456789"}
    return project


def test_a_build_is_refused_before_anything_is_sent(film: Folder, there: Stranger) -> None:
    refused = film.run("build", "--yes").expect(3, stderr="RM821")

    assert f'export REELMAKE_KEYS="STUDIO_KEY={there.address}"' in refused.stderr
    assert "keys.toml" in refused.stderr
    assert film.run("build", "--json", "--yes").expect(3).json["error"]["code"] == "RM821"
    film.run("jobs", "ls", "studio").expect(3, stderr="RM821")
    assert "RM821" in film.run("providers", "--refresh").stderr
    assert "✗ provider studio" in film.run("doctor").stdout
    assert there.heard == []


def test_what_the_environment_allows_is_sent_there(film: Folder, there: Stranger) -> None:
    film.env |= {"REELMAKE_KEYS": f"OTHER=https://a.example,STUDIO_KEY={there.address}"}

    assert "✓ provider studio" in film.run("doctor").stdout
    film.run("build", "--yes").expect(1)
    assert "Bearer sk-planted-0123456789" in there.heard[0]


def test_a_person_is_asked_once(film: Folder, there: Stranger) -> None:
    question = f"May STUDIO_KEY be sent to {there.address}? [y/N] "
    no = typed(film, "build", "--yes")
    assert question in no.stderr
    assert (no.code, there.heard) == (3, [])

    yes = typed(film, "build", "--yes", answers=["y"])
    assert question in yes.stderr
    assert "Bearer sk-planted-0123456789" in there.heard[0]
    again = typed(film, "build", "--yes")
    assert question not in again.stderr
    assert again.code == 1  # the stranger makes no clips


def test_another_address_by_set_is_another_origin(film: Folder) -> None:
    """The person chooses the address, the board the variable: both must be allowed."""
    with FakeServer(ServerOptions(takes=0.05)) as server:
        film.run("build", "--yes", "--set", "base=https://evil.example/v1").expect(
            3, stderr="STUDIO_KEY to be sent to https://evil.example"
        )
        film.run("build", "--yes", "--set", f"base={server.base_url}").expect()


def test_who_types_the_address_has_allowed_it(project: Folder, there: Stranger, tmp_path: Path) -> None:
    there.known_to(project)
    project.env |= {"STUDIO_KEY": "sk-planted-0123456789", "XDG_STATE_HOME": str(tmp_path / "state")}
    shot = ("shoot", "A kite.", "--base-url", there.address + "/v1", "--model", "m1", "--price", "0.1", "--yes")

    project.run(*shot, "--api-key-env", "STUDIO_KEY").expect(1)
    assert "Bearer sk-planted-0123456789" in there.heard[0]


def test_a_loose_shot_of_a_project_is_not_asked_for_by_address(film: Folder, there: Stranger) -> None:
    film.run("shoot", "A kite.", "--yes").expect(3, stderr="RM821")
    assert there.heard == []


def test_a_store_is_allowed_by_its_whole_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    project = tmp_path / "film"
    project.mkdir()
    bindings = Bindings(project)
    assert not bindings.allow_store("s3://films/team")
    bindings.remember(STORE, "s3://films/team")
    bindings.remember("STUDIO_KEY", "https://api.studio.example")
    assert bindings.allow_store("s3://films/team")
    assert not bindings.allow_store("s3://films/team/other")
    assert not bindings.allow_store("s3://films")
    assert bindings.allow("STUDIO_KEY", "https://api.studio.example")
    file().write_text('[[store]]\naddress = "s3://films/team"\nsecret = "STUDIO_KEY"\n')
    with pytest.raises(Mistake, match="needs an `address`"):
        Bindings(project).allow_store("s3://films/team")
