"""Serves /v1/videos, stills and speech on loopback: real files, a bill, every fault that you ask for. Costs nothing.

The first line on stdout is the base_url. Any key is let in, unless `--key-env` names a variable that has the one key.
Shots bring their own faults with `extras: {script: [...]}`; `--script` and `--fault` are for those that bring none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from decimal import Decimal

    from reelmake.ports import Terminal
    from reelmake_fake.settings import ServerOptions

HELP = "run a local server that speaks /v1/videos, with faults to try"
DIALECTS = ("openai", "litellm", "vllm-omni", "sglang", "azure", "azure-jobs")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument(
        "--dialect", choices=DIALECTS, default="openai", help="whose quirks to imitate (default: openai)"
    )
    parser.add_argument("--key-env", metavar="NAME", help="accept only the key in this environment variable")
    parser.add_argument("--strict", action="store_true", help="accept only the documented sizes and lengths")
    parser.add_argument("--price", default="0.10", metavar="USD", help="price per second (default: 0.10)")
    parser.add_argument("--still-price", default="0.04", metavar="USD", help="price of a still (default: 0.04)")
    parser.add_argument(
        "--speech-price", default="0.015", metavar="USD", help="price of 1,000 characters of speech (default: 0.015)"
    )
    parser.add_argument("--takes", type=float, default=2.0, metavar="SECONDS", help="how long a job takes (default: 2)")
    parser.add_argument("--expires", type=float, metavar="SECONDS", help="how long a clip is kept (default: an hour)")
    parser.add_argument("--list-lag", type=float, default=0.0, metavar="SECONDS", help="list jobs only after a while")
    parser.add_argument("--speed", type=float, default=1.0, help="divides every wait (default: 1)")
    parser.add_argument("--poll-after", type=int, metavar="MS", help="the polling interval to suggest to clients")
    parser.add_argument("--deterministic", action="store_true", help="the same order gives the same bytes every time")
    parser.add_argument("--bill", metavar="FILE", help="append a line to FILE for every paid order")
    parser.add_argument("--state", metavar="DIR", help="keep jobs and clips in DIR across restarts")
    parser.add_argument("--in-flight", type=int, metavar="N", help="answer 429 above this many unfinished jobs")
    parser.add_argument("--per-minute", type=int, metavar="N", help="answer 429 above this many orders a minute")
    parser.add_argument("--script", default="", metavar="WORDS", help='faults of every job: "busy-503 poll:500*2 cut"')
    parser.add_argument("--fault", action="append", default=[], metavar="WORD@N", help="a fault of the Nth request")
    parser.add_argument("--webhook", default="", metavar="URL", help="send a webhook to this address when a job ends")
    parser.add_argument("--webhook-secret", metavar="NAME", help="the environment variable with its secret")
    parser.add_argument("--webhook-times", type=int, default=1, metavar="N", help="send each webhook this many times")
    parser.add_argument("--words", action="store_true", help="list the words of a script, and exit")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace, console: Terminal) -> int:
    import sys
    from threading import Event

    from reelmake.errors import LocalTool
    from reelmake_fake.server import FakeServer

    if args.words:
        console.result(_words())
        return 0
    options = _read(args)
    server = FakeServer(options)
    try:
        server.start()
    except OSError as error:
        raise LocalTool(f"{options.host}:{options.port} cannot be listened on: {error.strerror or error}") from error
    except ValueError as error:
        raise _mistaken(str(error)) from error
    try:
        if console.json:
            console.object({"reelmake": 1, "base_url": server.base_url, "fake": f"{server.address}/_fake"})
        else:
            console.result(server.base_url)
        sys.stdout.flush()
        console.say(_snippet(server.base_url, server.address, bool(options.key), options.list_lag / options.speed))
        Event().wait()
    except KeyboardInterrupt:
        console.say(_closing(server.bill))
    finally:
        server.stop()
    return 0


def _read(args: argparse.Namespace) -> ServerOptions:
    from pathlib import Path

    from reelmake_fake.settings import ServerOptions

    names = ("--price", "--still-price", "--speech-price")
    prices = [_dollars(getattr(args, name.removeprefix("--").replace("-", "_"))) for name in names]
    times = (("--speed", args.speed), ("--takes", args.takes), ("--list-lag", args.list_lag))
    for name, value in (*times, *zip(names, prices, strict=True)):
        if not 0 <= value < 1e9 or (name == "--speed" and value == 0):
            raise _mistaken(f"{name} cannot be {value}")
    return ServerOptions(
        host=args.host,
        port=args.port,
        dialect=args.dialect,
        key=_secret(args.key_env),
        price=prices[0],
        still_price=prices[1],
        speech_price=prices[2],
        strict=args.strict,
        takes=args.takes,
        speed=args.speed,
        expires=3600.0 if args.expires is None else args.expires,
        list_lag=args.list_lag,
        poll_after=args.poll_after,
        deterministic=args.deterministic,
        script=tuple(args.script.split()),
        faults=tuple(args.fault),
        in_flight=args.in_flight,
        per_minute=args.per_minute,
        bill=Path(args.bill) if args.bill else None,
        state=Path(args.state) if args.state else None,
        webhook=args.webhook,
        webhook_secret=_secret(args.webhook_secret),
        webhook_times=args.webhook_times,
    )


def _dollars(text: str) -> Decimal:
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise _mistaken(f'"{text}" is not an amount in USD') from error


def _secret(name: str | None) -> str:
    import os

    if name and not os.environ.get(name):
        raise _mistaken(f"the environment variable {name} is not set")
    return os.environ[name] if name else ""


def _mistaken(message: str) -> Exception:
    from reelmake.diagnostics import Diagnostic
    from reelmake.errors import Mistake

    return Mistake([Diagnostic("RM700", message, None, hint="`reelmake serve-fake --help`")])


def _snippet(base_url: str, address: str, locked: bool, lag: float) -> str:
    """What to paste into a storyboard to build against it."""
    key = "the key that it was started with" if locked else "any text"
    return (
        "providers:\n"
        "  fake:\n"
        "    kind: openai-videos\n"
        f"    base_url: {base_url}\n"
        f"    api_key: ${{env:FAKE_KEY}}   # {key}\n"
        f"    options: {{list_lag: {lag:g}}}\n"
        "tiers:\n"
        "  final: {provider: fake, model: make-believe, price: 0.10}\n\n"
        f"the bill is at {address}/_fake/bill, what was asked at {address}/_fake/requests; Ctrl-C ends it"
    )


def _closing(bill: list[dict[str, object]]) -> str:
    usd = sum(float(str(line["usd"])) for line in bill)
    return f"{len(bill)} order{'s' * (len(bill) != 1)} billed, ${usd:.2f} of make-believe money"


def _words() -> str:
    from reelmake_fake.faults import STAGES, WORDS

    rows = [f"  {stage}:{word}".ljust(28) + means for stage in STAGES for word, means in WORDS[stage].items()]
    return "[stage:]fault[:argument][*times]; the stage may be left out where it is clear\n" + "\n".join(rows)
