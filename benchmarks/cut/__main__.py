"""What a cut costs beside the other ways to make the same film, in one run; what was promised, and whether it is met.

    python benchmarks/cut                       everything, 12 clips of 8 s at 1280x720, 5 rounds
    python benchmarks/cut hard dissolves        some parts of it
    python benchmarks/cut --clips 4 --seconds 2 --size 320x180 --rounds 1 --growth 2,4,6 --peers ""
    python benchmarks/cut --install             puts MoviePy and editly into .cache/peers

Figures are medians of the rounds, in which the contenders take turns. CPU seconds are those of all processes; memory is
the peak of all of them together, a page counted once for each process (RSS) and once in all (PSS). Ends with status 1
if a promise is missed, 2 if a reel of ours is not what it should be.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from subprocess import CalledProcessError
from types import ModuleType

import arrival
import digests
import dissolves
import growth
import hard
import quality
import table
from bench import Bench
from contest import contest
from measure import Failed

import peers

PARTS = {
    "hard": hard,
    "dissolves": dissolves,
    "arrival": arrival,
    "growth": growth,
    "quality": quality,
    "digests": digests,
}


def main() -> int:
    wish = _wish()
    if wish.install:
        peers.install()
        return 0
    parts = wish.parts or PARTS.values()
    with tempfile.TemporaryDirectory(prefix="reelmake-cut-", dir=wish.folder) as place:
        bench = _bench(wish, Path(place))
        print(f"{', '.join(peers.versions())}; clips: {wish.clips} of {wish.seconds} s at {wish.size}", flush=True)
        found = contest([it for part in parts for it in part.contenders(bench)], wish.rounds)
        print("\n".join(table.rows(found)), flush=True)
        verdicts, failed = [], False
        for part in parts:
            try:
                verdicts += part.verdicts(bench, found)
            except (Failed, CalledProcessError) as error:
                print(f"WRONG: {error}")
                failed = True
        print("\n" + "\n".join(table.verdicts(verdicts)))
        if wish.json:
            wish.json.write_text(json.dumps(table.as_json(found, verdicts), indent=1))
    if failed or any(row.wrong and row.contender.ours for row in found.rows.values()):
        return 2
    return int(any(verdict.word == "MISSED" for verdict in verdicts))


def _bench(wish: argparse.Namespace, folder: Path) -> Bench:
    return Bench(
        folder=folder,
        count=wish.clips,
        seconds=wish.seconds,
        size=wish.size,
        keyframes=wish.keyframes,
        rounds=wish.rounds,
        slow=wish.slow_rounds,
        every=wish.every,
        growth=wish.growth,
        chained=wish.chained,
        peers=tuple(wish.peers.split(",")),
    )


def _wish() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/cut", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", type=_part, metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--clips", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=8, help="of each clip")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--keyframes", type=int, default=0, metavar="N", help="one every N frames of the clips")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow-rounds", type=int, default=1, help="of the peers that take minutes (default: 1)")
    parser.add_argument("--every", type=float, default=5, metavar="S", help="between clips that arrive (default: 5)")
    parser.add_argument("--growth", type=_counts, default=(10, 100, 500), metavar="A,B,C", help="counts of clips")
    parser.add_argument("--chained", type=int, default=100, help="ffmpeg's graph is asked for no more clips than that")
    parser.add_argument("--peers", default="moviepy,melt", help="which are run; editly too, but it takes very long")
    parser.add_argument("--folder", type=Path, help="where there is room for some GB (default: the system's)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round there")
    parser.add_argument("--install", action="store_true", help="install MoviePy and editly, and end")
    return parser.parse_args()


def _part(name: str) -> ModuleType:
    try:
        return PARTS[name]
    except KeyError:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(PARTS)}") from None


def _counts(text: str) -> tuple[int, int, int]:
    few, some, many = sorted(int(word) for word in text.split(","))
    return few, some, many


if __name__ == "__main__":
    sys.exit(main())
