"""A clone whose clips are all in a shared store: how fast they are here, beside the client library alone.

    python benchmarks/shared_store.py [CLIPS] [MEGABYTES]        500 clips of 2 MB unless told

moto serves S3 on loopback. Raw is obstore with as many requests at once, its bytes written to files; ours is
`reelmake cache pull`, in which every clip is asked for, checked against its digest, synced and recorded, too. Both are
taken in turns, and the best of each counts: what else goes on here disturbs both, less so the processor's time, which
is that of the client alone. Ends with status 1 below 60 %.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.folder import Folder
from tests.support.moto import S3

from reelmake.model.store_address import store_address
from reelmake.model.take import Facts, Record, Take
from reelmake.session.project import look, plan, read
from reelmake.session.workspace import Workspace
from reelmake.store import entry
from reelmake.store.bucket import Bucket
from reelmake.store.bucket_client import client
from reelmake.store.local import AT_ONCE

TURNS = 3
LEAST = 0.6  # of the library's own speed
BOARD = """\
reelmake: 1
providers: {studio: {kind: openai-videos, base_url: "http://127.0.0.1:9/v1"}}
tiers: {final: {provider: studio, model: m1, price: 0.4}}
defaults: {size: 128x72, seconds: 1, tier: final}
shots:
"""


def main() -> int:
    clips, size = (int(word) if word else usual for word, usual in zip([*sys.argv[1:], "", ""], (500, 2), strict=False))
    top = Path(tempfile.mkdtemp(prefix="shared-store-"))
    try:
        with S3() as s3:
            os.environ |= s3.env
            film = Folder(top / "film", dict(s3.env))
            film.root.mkdir()
            names = asyncio.run(_filled(film, clips, size * 1_000_000))
            megabytes, raw, ours, whole = clips * size, [], [], []
            busy: dict[str, list[float]] = {"obstore": [], "cache pull": []}
            for _ in range(TURNS):
                spent = time.process_time()
                raw.append(megabytes / _raw(top / "raw", names))
                busy["obstore"].append(time.process_time() - spent)
                shutil.rmtree(film.root / ".reelmake", ignore_errors=True)
                began, spent = time.perf_counter(), _children()
                told = json.loads(film.start("cache", "pull", "--json").communicate()[0])  # a process of its own
                whole.append(megabytes / (time.perf_counter() - began))
                busy["cache pull"].append(_children() - spent)
                assert told["brought"] == clips
                ours.append(megabytes / told["seconds"])
    finally:
        shutil.rmtree(top)
    print(f"{clips} clips of {size} MB, {AT_ONCE} at once, {os.cpu_count()} cores; MB/s, best of {TURNS}")
    for name, speeds in {
        "obstore alone, to files": raw,
        "cache pull, bringing": ours,
        "all of cache pull": whole,
    }.items():
        print(f"{name:<26} {max(speeds):7.0f}   {max(speeds) / max(raw):6.0%}")
    print("seconds of processor: " + ", ".join(f"{name} {min(spent):.2f}" for name, spent in busy.items()))
    return int(max(ours) < LEAST * max(raw))


async def _filled(film: Folder, clips: int, size: int) -> list[str]:
    """A film whose lock file names so many takes, all of them in the bucket and none here; the names of their bytes."""
    shots = "".join(f"  s{n}: {{prompt: A kite number {n}.}}\n" for n in range(clips))
    project = read(Workspace(film.write("storyboard.yaml", BOARD + shots)))
    seen = look(project)
    store, bucket = seen.workspace.store, Bucket(store_address(os.environ["REELMAKE_CACHE"]), own=True, writes=True)
    records, names = {}, []
    for number, decision in enumerate(plan(seen).jobs):
        data = number.to_bytes(4, "big") * (size // 4)
        file = store.scratch(".mp4")
        file.write_bytes(data)
        facts = Facts(size)
        take = Take(decision.key, "", "shot", ".mp4", facts, decision.manifest, provider="openai-videos/1", model="m1")
        take = store.keep(file, take, durable=False)
        await bucket.put(entry.offered(take), store.path(take))
        names.append(entry.bytes_of(take))
        shot = decision.step.shots[0]
        records[shot] = Record(shot, order=seen.layout.order(shot), takes={1: (take.key, take.digest)})
    seen.workspace.picks.update(lambda before: {**before, **records})
    shutil.rmtree(film.root / ".reelmake")
    return names


def _children() -> float:
    """Seconds of processor that commands have taken which are over."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _raw(folder: Path, names: list[str]) -> float:
    """Seconds in which the client library alone has them all in files."""
    import obstore

    store, places = (
        client(store_address(os.environ["REELMAKE_CACHE"]), own=True, endurance=20),
        asyncio.Semaphore(AT_ONCE),
    )

    async def one(name: str) -> None:
        async with places:
            found = await obstore.get_async(store, name)
            with (folder / Path(name).name).open("wb") as file:
                async for piece in found.stream(min_chunk_size=1 << 20):
                    file.write(piece)

    async def every() -> None:
        await asyncio.gather(*map(one, names))

    folder.mkdir()
    began = time.perf_counter()
    asyncio.run(every())
    took = time.perf_counter() - began
    shutil.rmtree(folder)
    return took


if __name__ == "__main__":
    sys.exit(main())
