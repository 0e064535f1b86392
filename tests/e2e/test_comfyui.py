"""A ComfyUI of one's own, with the real command: a workflow, its binding, a loopback server that counts executions."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelmake.providers.comfyui.conversation import ours
from reelmake.store.journal import LocalJournal
from tests.support.comfy_server import MOMENTS, Comfy, comfy
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

WORKFLOW: dict[str, Any] = {
    "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "wan2.2_t2v.safetensors", "weight_dtype": "default"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["4", 0]}, "_meta": {"title": "Good"}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 0]}, "_meta": {"title": "Bad"}},
    "4": {"class_type": "CLIPLoader", "inputs": {"clip_name": "umt5.safetensors", "type": "wan"}},
    "5": {"class_type": "EmptyHunyuanLatentVideo", "inputs": {"width": 832, "height": 480, "length": 33, "batch": 1}},
    "6": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "model": ["1", 0], "positive": ["2", 0],
          "negative": ["3", 0], "latent_image": ["5", 0]}, "_meta": {"title": "Sampler"}},
    "7": {"class_type": "VAEDecode", "inputs": {"samples": ["6", 0], "vae": ["10", 0]}},
    "8": {"class_type": "CreateVideo", "inputs": {"images": ["7", 0], "fps": 16}},
    "9": {"class_type": "SaveVideo", "inputs": {"video": ["8", 0], "filename_prefix": "video/reelmake"}},
    "10": {"class_type": "VAELoader", "inputs": {"vae_name": "wan.safetensors"}},
    "11": {"class_type": "PreviewImage", "inputs": {"images": ["7", 0]}},
}  # fmt: skip
BINDING = """\
binding: 1
workflow: wan.json
makes: clip
result: "9"
inputs: {prompt: 2.text, avoid: 3.text, seed: 6.seed, width: 5.width, height: 5.height, frames: 5.length, fps: 8.fps}
frames: {rate: 24, more: 1}
"""
FILM = """\
reelmake: 1
providers:
  gpu: {kind: comfyui, base_url: "URL", options: {list_lag: 0.1}}
tiers:
  final: {provider: gpu, model: workflows/wan.yaml}
defaults: {tier: final, size: 128x72, seconds: 0.5}
shots:
  a: {prompt: A kite.}
"""
NEXT = "  b: {prompt: {action: It lands., avoid: rain}}\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Comfy]:
    with comfy(tmp_path) as world:
        yield world


@pytest.fixture
def film(project: Folder, server: Comfy) -> Folder:
    project.hurried = True
    project.write("workflows/wan.json", json.dumps(WORKFLOW, indent=2))
    project.write("workflows/wan.yaml", BINDING)
    project.write("storyboard.yaml", FILM.replace("URL", server.url))
    return project


def journal(film: Folder) -> LocalJournal:
    return LocalJournal(film.root / ".reelmake" / "journal")


def test_two_shots_are_made_for_nothing_one_after_another(film: Folder, server: Comfy) -> None:
    film.write("storyboard.yaml", FILM.replace("URL", server.url) + NEXT)
    assert [(j["model"], j["cost_usd"]) for j in film.plan()["jobs"]] == [("workflows/wan.yaml", 0)] * 2
    made = film.build("--yes")
    assert (made["generated"], made["cost_usd"]) == (2, 0)
    first, second = server.prompts
    assert "11" not in first
    assert "_meta" not in first["2"]
    assert (first["2"]["inputs"]["text"], first["3"]["inputs"]["text"]) == ("A kite.", "blurry")
    assert (second["2"]["inputs"]["text"], second["3"]["inputs"]["text"]) == ("It lands.", "rain")
    assert first["5"]["inputs"] == {"width": 128, "height": 72, "length": 13, "batch": 1}
    assert first["8"]["inputs"]["fps"] == 24
    assert first["6"]["inputs"]["seed"] not in (1, second["6"]["inputs"]["seed"])
    assert film.build("--yes")["generated"] == 0
    assert len(server.executions) == 2


def test_how_it_is_written_changes_nothing_and_what_it_says_does(film: Folder, server: Comfy) -> None:
    film.build("--yes")
    (film.root / "workflows").rename(film.root / "graphs")
    film.write("graphs/wan.json", json.dumps({**WORKFLOW, "12": {"class_type": "Note", "inputs": {}}}))
    film.write("graphs/wan.yaml", "# Wan\n" + BINDING)
    film.write("storyboard.yaml", FILM.replace("URL", server.url).replace("workflows/", "graphs/"))
    assert film.build("--yes")["generated"] == 0
    WORKFLOW["6"]["inputs"]["steps"] = 30
    film.write("graphs/wan.json", json.dumps(WORKFLOW))
    assert film.verdicts() == {"a": "stale"}
    film.build("--yes")
    assert server.prompts[-1]["6"]["inputs"]["steps"] == 30


def test_extras_are_values_of_inputs(film: Folder, server: Comfy) -> None:
    film.write("storyboard.yaml", FILM.replace("URL", server.url).replace("kite.}", "kite., extras: {6.steps: 8}}"))
    film.build("--yes")
    assert server.prompts[-1]["6"]["inputs"]["steps"] == 8


@pytest.mark.parametrize("own_ids", [False, True])
def test_a_lost_answer_is_found_and_not_executed_again(film: Folder, server: Comfy, own_ids: bool) -> None:
    server.faults, server.own_ids, server.slow = ["lost"], own_ids, 3
    assert film.build("--yes")["generated"] == 1
    assert len(server.executions) == 1


def test_an_order_that_never_came_is_sent_again_if_the_server_remembers_more(film: Folder, server: Comfy) -> None:
    server.remember(3600)
    server.faults = ["deaf"]
    assert film.build("--yes")["generated"] == 1
    assert len(server.executions) == 1


def test_a_server_that_remembers_nothing_older_is_believed_nothing(film: Folder, server: Comfy) -> None:
    server.faults = ["lost"]
    process = film.start("build", "--yes")
    server.kill = ("taken", process.pid)
    process.communicate()
    server._work()
    server._work()
    server.restart()
    film.run("build", "--yes").expect(1, stderr="RM915")
    film.run("build", "--yes").expect(1, stderr="RM915")
    assert len(server.executions) == 1
    server.remember(0)  # younger than the order
    film.run("build", "--yes").expect(1, stderr="RM915")
    assert len(server.executions) == 1


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("invalid", "node 1 \"UNETLoader\", input unet_name: Value not in list: ckpt: 'a' not in ['b']"),
        ("half valid", 'node 1 "UNETLoader", input unet_name'),
        ("execution_error", 'node 6 "Sampler" failed: torch.OutOfMemoryError: Allocation on device 0'),
        ("execution_interrupted", 'interrupted there, at node 6 "Sampler"'),
        ("empty", "without a file from node 9"),
    ],
)
def test_what_goes_wrong_is_told_by_its_node(film: Folder, server: Comfy, fault: str, says: str) -> None:
    server.faults = [fault]
    ran = film.run("build", "--yes").expect(1)
    assert says in " ".join(ran.stderr.split())
    assert not journal(film).open()


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_every_moment_it_is_executed_once(film: Folder, server: Comfy, moment: str) -> None:
    server.remember(3600)
    process = film.start("build", "--yes")
    server.kill = (moment, process.pid)
    process.communicate()
    assert process.returncode == -9
    assert film.build("--yes")["generated"] + film.build("--yes")["generated"] <= 1
    assert len(server.executions) == 1
    assert not journal(film).open()
    assert film.cut()


@pytest.mark.parametrize("runs", [False, True])
def test_a_job_is_stopped_where_it_is(film: Folder, server: Comfy, runs: bool) -> None:
    server.slow = 1 if runs else 1000
    server.stuck = runs
    process = film.start("build", "--yes")
    while not (server.running if runs else server.waiting):
        assert process.poll() is None
    process.terminate()
    process.communicate()
    (job,) = film.run("jobs", "ls", "--json").expect().json["open"]
    id = job["remote"] or (server.running + server.waiting)[0][1]
    film.run("jobs", "cancel", job["token"]).expect()
    wanted = ("/interrupt", {"prompt_id": id}) if runs else ("/queue", {"delete": [id]})
    assert (server.posted, server.waiting, server.running) == ([wanted], [], [])


def test_a_still_is_made_and_edited(film: Folder, server: Comfy) -> None:
    nodes = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat"}},
        "6": {"class_type": "KSampler", "inputs": {"seed": 1, "positive": ["2", 0]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["6", 0]}},
    }
    film.write("draw.json", json.dumps(nodes))
    nodes["6"]["inputs"] |= {"image": ["1", 0]}
    film.write("edit.json", json.dumps(nodes))
    bound = 'binding: 1\nmakes: still\nresult: "9"\n'
    film.write("draw.yaml", f"{bound}workflow: draw.json\ninputs: {{prompt: 2.text, seed: 6.seed}}\n")
    film.write("edit.yaml", f"{bound}workflow: edit.json\ninputs: {{prompt: 2.text, seed: 6.seed, image: 1.image}}\n")
    head = FILM.replace("URL", server.url).partition("tiers:")[0]
    film.write(
        "storyboard.yaml",
        f"{head}tiers: {{draw: {{provider: gpu, model: draw.yaml}}, edit: {{provider: gpu, model: edit.yaml}}}}\n"
        "defaults: {still: draw, size: 128x72, seconds: 0.5}\n"
        "stills: {kite: {prompt: A kite.}, dusk: {edit: kite, prompt: At dusk., tier: edit}}\n"
        "shots: {a: {file: {still: dusk}}}\n",
    )
    made = film.build("--yes")
    assert (made["generated"], len(server.executions), len(server.uploads)) == (2, 2, 1)
    assert server.picture in server.uploads[0]
    assert "1" not in server.prompts[0]
    assert server.prompts[1]["1"]["inputs"]["image"].endswith("(1).png")
    film.run("check").expect(0)
    film.write("storyboard.yaml", (film.root / "storyboard.yaml").read_text().replace("tier: edit", "tier: draw"))
    film.run("check").expect(2, stderr='the model "draw.yaml" cannot edit a still')


def test_it_is_free_and_needs_a_yes_all_the_same(film: Folder, server: Comfy) -> None:
    film.run("build").expect(3, stderr="RM803")
    assert server.prompts == []


def test_a_workflow_from_outside_is_not_read(film: Folder) -> None:
    outside = film.root.parent / "secret.json"
    outside.write_text('{"planted": 0815}')
    (film.root / "workflows" / "wan.json").unlink()
    (film.root / "workflows" / "wan.json").symlink_to(outside)
    assert "planted" not in film.run("check").expect(2, stderr="outside").stderr
    film.write("workflows/wan.yaml", BINDING.replace("wan.json", "../../secret.json"))
    assert "planted" not in film.run("check").expect(2, stderr="RM604").stderr


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_no_order_is_executed_twice(film: Folder, server: Comfy, seed: int) -> None:
    """Lost orders and answers, kills and restarts by chance. An order that another follows was never begun, unless the
    journal says how it ended."""
    chance = random.Random(seed)
    server.slow = chance.randint(1, 3)
    server.own_ids = seed % 2 == 1
    film.write("storyboard.yaml", FILM.replace("URL", server.url) + NEXT)
    for _ in range(chance.randint(2, 4)):
        if chance.random() < 0.5:
            server.remember(chance.choice((0, 3600)))
        server.faults = [chance.choice(("", "", "lost", "deaf")) for _ in range(2)]
        process = film.start("build", "--yes")
        server.kill = (chance.choice(MOMENTS), process.pid) if chance.random() < 0.7 else ("", 0)
        process.communicate()
        server.kill = ("", 0)
        if chance.random() < 0.3:
            for _ in range(chance.randint(0, 6)):
                server._work()
            server.restart()
    server.faults = []
    entries = list(journal(film).entries())
    never = {ours(entry.attempt.token) for entry in entries if entry.standing == "not-sent"}
    executed = [server.tokens[id] for id in server.executions]
    assert len(executed) == len(set(executed))
    assert not never & {ours(token) for token in executed}
    kept = [entry.attempt.shot for entry in entries if entry.standing == "kept"]
    assert len(kept) == len(set(kept))


def test_what_is_said_goes_along(film: Folder, server: Comfy) -> None:
    nodes = {**WORKFLOW, "12": {"class_type": "LoadAudio", "inputs": {"audio": "example.wav"}}}
    nodes["6"] = {**nodes["6"], "inputs": {**nodes["6"]["inputs"], "audio": ["12", 0]}}
    film.write("workflows/wan.json", json.dumps(nodes))
    film.write("workflows/wan.yaml", BINDING.replace("inputs: {", "inputs: {speech: 12.audio, "))
    head = FILM.replace("URL", server.url).partition("shots:")[0]
    head = head.replace("tiers:\n", "tiers:\n  voice: {provider: sketch}\n").replace(
        "tier: final", "tier: final, speech: voice"
    )
    film.write(
        "storyboard.yaml",
        f"{head}characters: {{maya: {{look: a girl, voice: nova}}}}\nvoices: {{nova: {{voice: nova}}}}\n"
        "shots:\n  a: {prompt: 'Close-up of ${maya}.', say: {maya: A kite.}, seconds: auto}\n",
    )
    assert film.build("--yes")["generated"] >= 1
    assert b"WAVE" in server.uploads[0]
    assert server.prompts[0]["12"]["inputs"]["audio"].endswith("(1).wav")


def test_a_clip_is_upscaled(film: Folder, server: Comfy) -> None:
    nodes = {
        "1": {"class_type": "LoadVideo", "inputs": {"file": "example.mp4"}},
        "2": {"class_type": "UpscaleVideo", "inputs": {"video": ["1", 0], "width": 1, "height": 1}},
        "9": {"class_type": "SaveVideo", "inputs": {"video": ["2", 0]}},
    }
    bound = 'binding: 1\nmakes: clip\noperation: upscale\nworkflow: up.json\nresult: "9"\n'
    film.write("up.json", json.dumps(nodes))
    film.write("up.yaml", f"{bound}inputs: {{source: 1.file, width: 2.width, height: 2.height}}\n")
    text = FILM.replace("URL", server.url).replace("tiers:\n", "tiers:\n  up: {provider: gpu, model: up.yaml}\n")
    film.write("storyboard.yaml", f"{text}  big: {{upscale: a, tier: up}}\n")
    assert film.build("--yes")["generated"] == 2
    assert server.clip in server.uploads[0]
    assert server.prompts[1]["1"]["inputs"]["file"].endswith("(1).mp4")
    assert server.prompts[1]["2"]["inputs"] == {"video": ["1", 0], "width": 256, "height": 144}
    film.write("storyboard.yaml", f"{text}  big: {{prompt: A kite., tier: up}}\n")
    film.run("check").expect(2, stderr='the model "up.yaml" makes no clips from words alone')
