"""Writes docs/reference from what the program itself says: schema, parsers, explanations, shelves, public API; and what
it says about the broken example into the README there.

`--check` writes nothing and fails if a file is not what it would write. Knows the sources, not what they mean.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
import re
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
BROKEN = ROOT / "examples" / "05-broken"
MADE = "<!-- made by docs/generate.py: `make docs` writes it again -->"

Schema = Mapping[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description="writes docs/reference and the picture of the broken example")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is not current")
    check = parser.parse_args().check
    stale = {p: text for p, text in pages().items() if not p.is_file() or p.read_text("utf-8") != text}
    for path, text in stale.items():
        name = path.relative_to(ROOT)
        if check:
            sys.stderr.write(f"{name} is not current: run `make docs`\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            sys.stderr.write(f"wrote {name}\n")
    return int(check and bool(stale))


def pages() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    makers: dict[str, Callable[[], Iterator[str]]] = {
        "language.md": language,
        "vendor.md": vendor,
        "workflow.md": workflow,
        "commands.md": commands,
        "codes.md": codes,
        "shelves.md": shelves,
        "python.md": python,
    }
    made = {REFERENCE / name: "\n".join([MADE, *make()]).rstrip() + "\n" for name, make in makers.items()}
    return {**made, BROKEN / "README.md": broken(), ROOT / "schemas" / "storyboard-1.schema.json": editors()}


def editors() -> str:
    """The schema for editors, with what stands on our own shelves."""
    from reelmake.report.editors import installed, written

    return written(installed())


def broken() -> str:
    """The page of the broken example, with the picture as it is now."""
    command = [sys.executable, "-m", "reelmake", "check", "--color", "never"]
    said = subprocess.run(command, cwd=BROKEN, capture_output=True, text=True, check=False).stderr
    page = (BROKEN / "README.md").read_text("utf-8")
    return page.partition("```text\n")[0] + f"```text\n{said}```\n"


# -- the language, from the schema


def language() -> Iterator[str]:
    yield "# The storyboard language, version 1\n"
    yield from _form(ROOT / "src" / "reelmake" / "compile" / "language.json", "storyboard-1.schema.json")


def vendor() -> Iterator[str]:
    yield "# A provider's file, version 1\n"
    yield "How to write one: [Add a vendor with one file](../how-to/add-a-vendor.md).\n"
    yield from _form(ROOT / "schemas" / "provider-1.schema.json", "provider-1.schema.json")


def workflow() -> Iterator[str]:
    yield "# A workflow's binding file, version 1\n"
    yield "How to write one: [Order from a ComfyUI of your own](../how-to/your-own-comfyui.md).\n"
    yield from _form(ROOT / "schemas" / "workflow-1.schema.json", "workflow-1.schema.json")


def _form(source: Path, file: str) -> Iterator[str]:
    """Every key of a schema; `file`: what editors are given."""
    schema: Schema = json.loads(source.read_text("utf-8"))
    yield f"{schema['description']}\n"
    yield "An editor that knows YAML schemas completes and explains every key if the first line of the file is"
    yield f"`# yaml-language-server: $schema=…/{file}`; the file is in `schemas/` and the wheel.\n"
    required = schema.get("required", [])
    for name, found in schema["properties"].items():
        yield f"## `{name}`\n"
        entry = _resolved(schema, found)
        yield f"{entry['description']}\n"
        mark = " Required." if name in required and "Required" not in entry["description"] else ""
        yield f"{_kind(entry)}{_default(entry)}{mark}\n"
        if entry.get("examples"):
            yield _yaml({name: entry["examples"][-1]})
        yield from _keys(schema, entry, name)


def _keys(schema: Schema, entry: Schema, path: str) -> Iterator[str]:
    """A table of the keys below `path`, then tables of what has keys of its own."""
    below = entry
    if "properties" not in entry or path in ("matrix",):
        inner = entry.get("additionalProperties") or entry.get("items")
        if not isinstance(inner, Mapping):
            return
        below = _resolved(schema, inner)
        path += ".ID" if "additionalProperties" in entry else "[]"
    if "properties" not in below:
        return
    rows = {name: _resolved(schema, found) for name, found in below["properties"].items()}
    yield f"### Keys of `{path}`\n"
    yield "| key | what | type | default |\n| --- | --- | --- | --- |"
    for name, row in rows.items():
        default = f"`{json.dumps(row['default'])}`" if _holds(row) else ""
        needed = name in below.get("required", ()) and "required" not in row["description"].lower()
        what = row["description"] + (" Required." if needed else "")
        yield f"| `{name}` | {_cell(what)} | {_cell(_kind(row, short=True))} | {default} |"
    yield ""
    if path == "outputs.ID":
        yield "These are for every kind of output. Each kind has options of its own beside them, written in the same"
        yield "place: [what is on the shelves](shelves.md#outputs) lists them all, from `crf` to `captions`.\n"
    for name, row in rows.items():
        if row.get("properties") or _nested(schema, row):
            if path.startswith("profiles"):
                continue  # a profile has the keys of the document itself
            yield from _keys(schema, row, f"{path}.{name}")


def _nested(schema: Schema, row: Schema) -> bool:
    inner = row.get("additionalProperties") or row.get("items")
    return isinstance(inner, Mapping) and "properties" in _resolved(schema, inner)


def _resolved(schema: Schema, entry: Schema) -> Schema:
    if "$ref" not in entry:
        return entry
    found = schema["$defs"][entry["$ref"].rpartition("/")[2]]
    return {**_resolved(schema, found), **{k: v for k, v in entry.items() if k != "$ref"}}


_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "mapping",
    "array": "list",
    "null": "nothing",
}


def _kind(entry: Schema, *, short: bool = False) -> str:
    if "const" in entry:
        words = f"always `{json.dumps(entry['const'])}`"
    elif "enum" in entry:
        words = "one of " + ", ".join(f"`{json.dumps(v).strip(chr(34))}`" for v in entry["enum"])
    else:
        types = entry.get("type", [])
        types = [types] if isinstance(types, str) else types
        words = " or ".join(_WORDS[t] for t in types) or "anything"
    bounds = [
        f"{word} {entry[key]}"
        for key, word in (
            ("minimum", "at least"),
            ("exclusiveMinimum", "more than"),
            ("maximum", "at most"),
            ("exclusiveMaximum", "less than"),
        )
        if key in entry
    ]
    words = ", ".join([words, *bounds])
    return words if short else f"*{words[0].upper()}{words[1:]}.*"


def _default(entry: Schema) -> str:
    return f" Default: `{json.dumps(entry['default'])}`." if _holds(entry) and "const" not in entry else ""


def _holds(entry: Schema) -> bool:
    """Is the schema's default what holds without the key? Where the text tells that, it is what an editor offers."""
    return "without it" not in entry["description"].lower() and entry.get("default") not in ("", [], {}, None)


def _yaml(value: Mapping[str, object]) -> str:
    flat = all(not isinstance(v, dict | list) for v in value.values())
    style = False if flat else None
    text: str = yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True, width=100, default_flow_style=style)
    return f"```yaml\n{text.rstrip()}\n```\n"


# -- the commands, from their parsers


def commands() -> Iterator[str]:
    from reelmake.commands._parser import whole

    parser = whole()
    yield "# Commands\n"
    yield f"{parser.description}\n"
    yield "Exit status: **0** done, **1** something could not be made (the rest was), **2** the storyboard or the"
    yield "command line is wrong, **3** refused before spending, **130** interrupted (the next run goes on).\n"
    yield "Results go to stdout, progress and remarks to stderr. Every command also takes"
    yield "`-f FILE` (the storyboard; default `storyboard.yaml` here or in a parent), `--color auto|always|never`"
    yield "and `-q`.\n"
    for name, entry in _subcommands(parser).items():
        yield from _command(f"reelmake {name}", entry, "##")


def _command(title: str, parser: argparse.ArgumentParser, level: str) -> Iterator[str]:
    verbs = _subcommands(parser)
    own = [a for a in parser._actions if not _common(a)]
    words = " ".join(_usage(a) for a in own)
    yield f"{level} `{title}{' ' + words if words and not verbs else ''}`\n"
    if parser.description:
        yield f"{inspect.cleandoc(parser.description)}\n"
    rows = [f"| `{_names(a)}` | {_cell(a.help or '')} |" for a in own if a.help]
    if rows and not verbs:
        yield "\n".join(["| argument | what |", "| --- | --- |", *rows]) + "\n"
    for name, verb in verbs.items():
        yield from _command(f"{title} {name}", verb, level + "#")


def _subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return {n: p for a in parser._actions if isinstance(a, argparse._SubParsersAction) for n, p in a.choices.items()}


def _common(action: argparse.Action) -> bool:
    return bool({"--help", "--file", "--color", "--quiet", "--version"} & set(action.option_strings))


def _usage(action: argparse.Action) -> str:
    if action.option_strings:
        value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
        return f"[{action.option_strings[0]}{_choices(action) or value}]"
    word = str(action.metavar or _choices(action).strip() or action.dest)
    return {"*": f"[{word}…]", "?": f"[{word}]"}.get(str(action.nargs), word)


def _names(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    value = "" if action.nargs == 0 else _choices(action) or f" {action.metavar or action.dest.upper()}"
    return f"{', '.join(action.option_strings)}{value}"


def _choices(action: argparse.Action) -> str:
    return f" {'/'.join(map(str, action.choices))}" if action.choices else ""


# -- the codes, from their explanations


def codes() -> Iterator[str]:
    yield "# Diagnostic codes\n"
    yield "`reelmake explain CODE` prints these. A code never changes its meaning.\n"
    for page in sorted((ROOT / "src" / "reelmake" / "explanations").glob("RM*.md")):
        text = page.read_text("utf-8").strip()
        title, _, rest = text.partition("\n")
        heading = title.lstrip("# ")
        heading = heading if heading.startswith(page.stem) else f"{page.stem}: {heading}"
        yield f"## {heading}\n"
        prose = re.split(r"(^```.*?^```$)", rest.strip(), flags=re.DOTALL | re.MULTILINE)
        prose[::2] = [re.sub(r"^(#+) ", r"##\1 ", part, flags=re.MULTILINE) for part in prose[::2]]
        yield "".join(prose) + "\n"


# -- the shelves, from what their members declare


def shelves() -> Iterator[str]:
    from reelmake import catalog
    from reelmake.model.http import OPTIONS

    yield "# What is on the shelves\n"
    yield "## Providers\n"
    yield "| kind | where | can | takes | price |\n| --- | --- | --- | --- | --- |"
    for kind, can in sorted(catalog.kinds().items()):
        takes = [n.replace("_", " ") for n in ("negative", "image", "last_image", "references") if getattr(can, n)]
        price = "free" if can.local else "as the tier says" if can.price is None else f"{can.price} USD per second"
        where = "this machine, offline" if can.local else "a server"
        yield f"| `{kind}` | {where} | {', '.join(sorted(can.operations))} | {', '.join(takes)} | {price} |"
    yield "\n`options:` of everything that is reached over HTTP:\n"
    yield from _options(OPTIONS)
    for kind, can in sorted(catalog.kinds().items()):
        if can.options:
            yield f"`options:` of `{kind}`, beyond those:\n"
            yield from _options(can.options)
    yield "## Transitions\n"
    yield "`into: {NAME: SECONDS}`, or `into: {NAME: {seconds: SECONDS, parameter: value}}`.\n"
    yield "| name | what | parameters |\n| --- | --- | --- |"
    for module in catalog.members("transitions").values():
        params = ", ".join(f"`{k}` (default {_plain(v)})" for k, v in module.PARAMS.items())
        yield f"| `{module.NAME}` | {_cell(_first(module.__doc__))} | {params} |"
    yield "\n## Outputs\n"
    for module in catalog.members("outputs").values():
        yield f"### {', '.join(f'`{s}`' for s in module.SUFFIXES)}\n"
        yield f"{_first(module.__doc__)}\n"
        yield "| option | what | default |\n| --- | --- | --- |"
        for name, option in module.OPTIONS.items():
            rule = f" ({option.rule})" if option.rule else ""
            yield f"| `{name}` | {_cell(option.meaning + rule)} | {_plain(option.default)} |"
        yield ""


def _options(known: Mapping[str, Schema]) -> Iterator[str]:
    yield "| option | what | type | default |\n| --- | --- | --- | --- |"
    for name, option in known.items():
        kind, default = _cell(_kind(option, short=True)), _plain(option.get("default"))
        yield f"| `{name}` | {_cell(option['description'])} | {kind} | {default} |"
    yield ""


def _plain(value: object) -> str:
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value not in (None, "") else ""


def _first(text: str | None) -> str:
    """The first paragraph, less what it says it does not know."""
    paragraph = " ".join(inspect.cleandoc(text or "").partition("\n\n")[0].split())
    return re.sub(r" ?Knows (nothing|no|neither)\b.*", "", paragraph)


# -- the Python API, from its docstrings


def python() -> Iterator[str]:
    import reelmake
    from reelmake import api
    from reelmake.model import events
    from reelmake.plan.result import BuildNote, Consequence, Failure, OutputFile, ShotTake, VariantResult
    from reelmake.session.asking import ShootOptions
    from reelmake.session.loose import ShotOptions

    yield "# Python\n"
    yield _doc(api) + "\n"
    for name in reelmake.__all__:
        thing = getattr(reelmake, name)
        if inspect.isfunction(thing):
            word = "async def" if inspect.iscoroutinefunction(thing) else "def"
            yield f"## `reelmake.{name}`\n\n```text\n{word} {name}{_signature(thing)}\n```\n"
            yield _doc(thing) + "\n"
    yield f"## Options of a loose shot\n\n{_doc(ShotOptions)}\n\n{_doc(ShootOptions)}\n"
    yield "\n".join(["| name | type |", "| --- | --- |", *map(_option, ShootOptions.__annotations__.items())]) + "\n"
    yield "## What comes back\n"
    results = (
        reelmake.Result,
        OutputFile,
        BuildNote,
        VariantResult,
        Failure,
        ShotTake,
        Consequence,
        reelmake.Clip,
        reelmake.ShotStatus,
    )
    for kind in (reelmake.Project, reelmake.Plan, *results):
        yield from _class(kind)
    yield "## Events\n"
    yield _doc(events) + "\n"
    yield "| event | fields |\n| --- | --- |"
    for kind in vars(events).values():
        if inspect.isclass(kind) and issubclass(kind, events.Event):
            fields = ", ".join(f"`{f.name}`" for f in dataclasses.fields(kind))
            note = "" if (kind.__doc__ or "").startswith(f"{kind.__name__}(") else _first(kind.__doc__)
            yield f"| `{kind.__name__}` | {fields}{'. ' + _cell(note) if note else ''} |"


def _option(option: tuple[str, typing.ForwardRef]) -> str:
    return f"| `{option[0]}` | `{_cell(option[1].__forward_arg__)}` |"


def _class(kind: type) -> Iterator[str]:
    yield f"### `{kind.__name__}`\n"
    if kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}("):
        yield _doc(kind) + "\n"
    rows = []
    if dataclasses.is_dataclass(kind):
        rows += [f"| `{f.name}` | `{_cell(str(f.type))}` | |" for f in dataclasses.fields(kind)]
    for name, member in vars(kind).items():
        getter = getattr(member, "fget", None) or getattr(member, "func", None)
        if getter and not name.startswith("_") and (getter.__doc__ or dataclasses.is_dataclass(kind)):
            rows.append(f"| `{name}` | `{_cell(getter.__annotations__['return'])}` | {_cell(_first(getter.__doc__))} |")
    yield "\n".join(["| name | type | what |", "| --- | --- | --- |", *rows]) + "\n"


def _signature(function: Callable[..., object]) -> str:
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(function)))
    if len(text) < 90:
        return text
    inside, _, result = text[1:].rpartition(") ->")
    parts = re.split(r", (?![^\[]*\])", inside)
    return "(\n    " + ",\n    ".join(parts) + f",\n) ->{result}"


def _doc(thing: object) -> str:
    """A docstring, its indented example in a fence."""
    text = inspect.getdoc(thing) or ""
    if inspect.ismodule(thing):
        text = inspect.cleandoc(thing.__doc__ or "")
    blocks = text.split("\n\n")
    out: list[str] = []
    for block in blocks:
        indented = all(line.startswith("    ") or not line for line in block.splitlines())
        if indented and out and out[-1].startswith("```"):
            out[-1] = out[-1].removesuffix("\n```") + "\n\n" + inspect.cleandoc("\n" + block) + "\n```"
        else:
            out.append(f"```text\n{inspect.cleandoc(chr(10) + block)}\n```" if indented else block)
    return "\n\n".join(out)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    sys.exit(main())
