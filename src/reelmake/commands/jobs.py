"""Manage orders and clips at providers: what runs and what is stored there, compared with the journal.

A run follows open orders by itself. These commands are for what no run can decide: an order whose answer was lost at a
provider that cannot say whether it arrived, a job that is not in the journal, one that is no longer needed.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.commands import _open, _options
from reelmake.errors import Mistake, StepError, Unwilling
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.jobs.accounts import Accounts
    from reelmake.jobs.actions import JobActions
    from reelmake.model.take import Attempt
    from reelmake.session.workspace import Workspace


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("ls", help="list open orders; with --remote or a provider's name, everything there")
    listing.add_argument("provider", nargs="?", metavar="PROVIDER", help="ask this provider what it has")
    listing.add_argument("--remote", action="store_true", help="ask every provider what it has")
    adopt = verbs.add_parser("adopt", help="adopt an existing job: the next build fetches it instead of paying")
    adopt.add_argument("word", metavar="TOKEN|ID", help="the order, as `jobs ls` shows it; with --shot the job's id")
    adopt.add_argument("remote", nargs="?", metavar="ID", help="the job's id at the provider")
    adopt.add_argument("--shot", metavar="SHOT", help="the job is a take of this shot")
    adopt.add_argument("--take", type=int, metavar="N", help="which take (default: the first one not made)")
    adopt.add_argument("--force", action="store_true", help="even if it differs from what the shot asks for")
    cancel = verbs.add_parser("cancel", help="ask the provider to cancel a job, and record the outcome")
    cancel.add_argument("word", metavar="TOKEN|ID", help="as `jobs ls` shows it; a prefix is enough")
    drop = verbs.add_parser("rm", help="give up an order (TOKEN), or delete a job at its provider (ID)")
    drop.add_argument("words", nargs="+", metavar="TOKEN|ID", help="as `jobs ls` shows it")
    drop.add_argument("--yes", "-y", action="store_true", help="delete without asking")
    drop.add_argument("--force", action="store_true", help="even if the clip is not in the store yet")
    settle = verbs.add_parser("settle", help="acknowledge damaged lines of the journal, so that builds order again")
    picture = verbs.add_parser("picture", help="fetch a still or a contact sheet of a clip from its provider")
    picture.add_argument("word", metavar="TOKEN|ID", help="as `jobs ls --remote` shows it")
    picture.add_argument("variant", choices=("thumbnail", "spritesheet"))
    picture.add_argument("-o", "--output", metavar="FILE", required=True, help="where it goes")
    cast = verbs.add_parser("character", help="upload a clip whose subject other shots can then show; prints its id")
    cast.add_argument("provider", metavar="PROVIDER")
    cast.add_argument("character", metavar="NAME=CLIP|ID", help="make one, or say what one is called")
    cast.add_argument("--yes", "-y", action="store_true", help="send without asking")
    for verb in (cancel, drop, picture):
        verb.add_argument(
            "--provider", metavar="P", help="the provider that has the job, if the journal does not know it"
        )
    for verb in (listing, adopt, cancel, drop, settle, picture, cast):
        _options.add(verb, "common", "json")


def run(args: argparse.Namespace, console: Console) -> int:
    workspace = _open.somewhere(args)
    return _open.permitted(workspace.bindings, console, lambda: _decide(workspace, args, console))


def _decide(workspace: Workspace, args: argparse.Namespace, console: Console) -> int:
    from reelmake.jobs.actions import JobActions

    if args.verb == "ls":
        return _list(workspace, args, console)
    asking = {"picture": _picture, "character": _character}
    if args.verb in asking:
        return asking[args.verb](JobActions(workspace, _accounts(workspace)), args, console)
    with workspace.hold(wait=False, waiting=console.say, stopped=lambda: False):
        verbs = {"adopt": _adopt, "cancel": _cancel, "rm": _remove, "settle": _settle}
        return verbs[args.verb](JobActions(workspace, _accounts(workspace)), args, console)


def _accounts(workspace: Workspace) -> Accounts:
    """The providers of the storyboard; outside of projects those that were named by their addresses."""
    from reelmake.jobs.accounts import Accounts
    from reelmake.session.loose import specs

    return Accounts(specs(workspace), workspace.bindings)


def _list(workspace: Workspace, args: argparse.Namespace, console: Console) -> int:
    from reelmake.plan.reconcile import unlisted
    from reelmake.report import jobs_table as report

    journal = workspace.journal()
    open_, entries, doubts = journal.open(), journal.entries(), sorted(journal.doubts().items())
    rows = unlisted(entries)
    problems: dict[str, StepError] = {}
    if args.provider or args.remote:
        accounts = _accounts(workspace)
        rows, problems = accounts.jobs([args.provider] if args.provider else accounts.remote, entries)
    if console.json:
        value = {"reelmake": 1, "open": [_as_json(a) for a in open_], "jobs": [report.as_json(row) for row in rows]}
        value["doubts"] = [{"line": line, "what": what} for line, what in doubts]
        value["problems"] = [report.problem(*pair) for pair in problems.items()]
        console.object(value)
    elif rows:
        console.result(report.table(rows, console.paint_result))
    elif not problems:
        console.say("no jobs" if args.provider or args.remote else "no open orders")
    for line, what in doubts:
        said = f"line {line} of the journal {what}; `reelmake jobs settle` once you know what became of it"
        console.complain(f"{console.paint('warning', 'warn')}: {said}")
    for called, error in problems.items():
        said = str(error) if str(error).startswith(f"{called}: ") else f"{called}: {error}"  # the wire says who it was
        console.complain(console.paint(f"error[{error.code}]", "bad") + f": {said}")
    return 1 if problems else 0


def _adopt(actions: JobActions, args: argparse.Namespace, console: Console) -> int:

    if bool(args.shot) == bool(args.remote):
        hint = "an order and its job: `jobs adopt TOKEN ID`; a job and the shot it shows: `jobs adopt ID --shot SHOT`"
        raise Mistake.of("RM716", "expected an order and a job, or a job and a shot", hint=hint)
    if args.shot:
        attempt, doubt = actions.adopt(args.word, args.shot, args.take, force=args.force)
        if doubt:
            console.complain(f"{console.paint('warning', 'warn')}: {doubt}")
    else:
        attempt = actions.answer(args.word, args.remote).attempt
    remote = args.word if args.shot else args.remote
    console.say(f"{attempt.shot}: the next build continues with {remote}")
    return _done(console, "adopt", attempt)


def _cancel(actions: JobActions, args: argparse.Namespace, console: Console) -> int:

    entry, called = actions.job(args.word, args.provider)
    remote = entry.attempt.remote if entry else args.word
    if entry and not remote:
        hint = f"if it never arrived: `reelmake jobs rm {entry.attempt.token}`"
        raise Mistake.of("RM716", "the answer to this order was lost, so its job has no id", hint=hint)
    end = actions.cancel(entry, remote, called)
    said = {
        "cancelled": "cancelled" + (f" ({end.message})" if end.message else ""),
        "finished": "it is finished: the next build fetches it, `jobs rm` deletes it",
        "running": "cancellation requested, but it is still running: try again later",
    }
    console.say(f"{remote}: {said[end.what]}")
    return _done(console, "cancel", entry.attempt if entry else None, remote=remote, became=end.what)


def _remove(actions: JobActions, args: argparse.Namespace, console: Console) -> int:
    """Each word is decided on before the first is acted on."""
    from reelmake.report.typed import once_more

    orders = [(word, *actions.job(word, args.provider)) for word in args.words]
    given_up = [entry for word, entry, _ in orders if entry and entry.attempt.remote != word]
    there = [(word, entry, called) for word, entry, called in orders if not entry or entry.attempt.remote == word]
    for word, entry, _ in there:
        if entry and actions.lacks_clip(entry) and not args.force:
            message = f"the clip of {word} ({entry.attempt.shot}) is not in the store, and it may be paid for"
            raise Unwilling(message, code="RM717", next_steps=("reelmake build", once_more(console.argv, "--force")))
    if there and not args.yes:
        names = ", ".join(f"{word} at {called}" for word, _, called in there)
        if not console.ask(f"delete {names}? Clips deleted there can no longer be remixed or extended"):
            again = once_more(console.argv, "--yes")
            raise Unwilling("not confirmed; nothing was deleted", code="RM717", next_steps=(again,))
    for entry in given_up:
        actions.give_up(entry)
        console.say(f"{entry.attempt.shot}: given up; the next build may order it again")
    for word, entry, called in there:
        actions.delete(entry, word, called)
        console.say(f"{word}: deleted at {called}")
    return _done(console, "rm", next((e.attempt for _, e, _ in orders if e), None), removed=[w for w, _, _ in there])


def _settle(actions: JobActions, args: argparse.Namespace, console: Console) -> int:
    """Nothing is mended: a line is written that says that a person knows."""
    doubts = sorted(actions.journal.settle().items())
    for line, what in doubts:
        console.say(
            f"line {line} of the journal {what}: settled; what was ordered there and is lost may be ordered again"
        )
    if not doubts:
        console.say("no damaged lines in the journal")
    if console.json:
        console.object({"reelmake": 1, "settled": [{"line": line, "what": what} for line, what in doubts]})
    return 0


def _picture(actions: JobActions, args: argparse.Namespace, console: Console) -> int:
    from reelmake.jobs import assets

    entry, called = actions.job(args.word, args.provider)
    remote = entry.attempt.remote if entry else args.word
    assets.picture(actions.accounts, called, remote, args.variant, Path(args.output))
    said = {"remote": remote, "variant": args.variant, "path": str(Path(args.output))}
    console.answer(lambda: {"reelmake": 1, "picture": said}, lambda: said["path"])
    return 0


def _character(actions: JobActions, args: argparse.Namespace, console: Console) -> int:
    """Makes one of NAME=CLIP; says of an ID what it is called."""
    from reelmake.jobs import assets
    from reelmake.report.typed import once_more

    called, (name, makes, clip) = args.provider, args.character.partition("=")
    if makes:
        if not args.yes and not console.ask(f"send {clip} to {called} as {name}? The provider may charge for it"):
            again = once_more(console.argv, "--yes")
            raise Unwilling("not confirmed; nothing was sent", code="RM803", next_steps=(again,))
        id = assets.character(actions.accounts, called, name, Path(clip))
    else:
        id, name = name, assets.known_character(actions.accounts, called, name)
    said = {"provider": called, "id": id, "name": name}
    console.answer(lambda: {"reelmake": 1, "character": said}, lambda: id if makes else name)
    console.say(f"{name}: in a shot, `extras: {{characters: [{{id: {id}}}]}}`")
    return 0


def _done(console: Console, verb: str, attempt: Attempt | None, **more: object) -> int:
    if console.json:
        console.object({"reelmake": 1, verb: _as_json(attempt) if attempt else None, **more})
    return 0


def _as_json(attempt: Attempt) -> dict[str, object]:
    return {
        "token": attempt.token,
        "shot": attempt.shot,
        "provider": attempt.provider,
        "remote": attempt.remote or None,
        "since": attempt.at,
        "cost_usd": None if attempt.cost is None else float(attempt.cost),
    }
