"""What a stranger stumbles over, counted: `make measure`. Reads the sources of `src`; measures no time.

    python benchmarks/measure.py [SRC]      the table; with another folder, that of another checkout

chain: modules on the longest way of imports at load; "lazy" with those inside of functions too. parameters: functions
with more than 6, self not counted. narrowing: asserts that only tell a type checker what it cannot see. Any: uses of
`Any` beyond its import. Guests (packages beside the engine) are counted by lines only.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

WANTED = {
    "longest import chain at load": 12,
    "functions with more than 6 parameters": 8,
    "modules at the package root": 10,
    'tests of kind == "shot"': 0,
    "asserts that narrow": 15,
    "uses of Any": 150,
    "file names that stand twice": 10,
    "public class names that stand twice": 0,
}


def modules(root: Path) -> dict[str, ast.Module]:
    """Every module below `root` by its dotted name."""
    found = {}
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(file.read_text())
    return found


def _at_load(tree: ast.AST, *, lazy: bool) -> Iterator[ast.stmt]:
    """Imports, less those for the type checker; with `lazy` those inside of functions too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (n for child in node.orelse for n in _at_load(child, lazy=lazy))
        elif lazy or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _at_load(node, lazy=lazy)


def imports(found: dict[str, ast.Module], *, lazy: bool) -> dict[str, set[str]]:
    """Which of our modules each imports."""
    graph: dict[str, set[str]] = {}
    for name, tree in found.items():
        used: set[str] = set()
        for node in _at_load(tree, lazy=lazy):
            if isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names if alias.name in found}
            elif isinstance(node, ast.ImportFrom) and node.module in found:
                below = {f"{node.module}.{alias.name}" for alias in node.names} & found.keys()
                used |= below or {node.module}
        graph[name] = used - {name}
    return graph


def chain(graph: dict[str, set[str]]) -> list[str]:
    """The longest way without a loop."""
    longest: dict[str, list[str]] = {}

    def follow(name: str, above: tuple[str, ...]) -> list[str]:
        if name not in longest:
            ways = [follow(used, (*above, name)) for used in graph[name] if used not in above]
            longest[name] = [name, *max(ways, key=len, default=[])]
        return longest[name]

    return max((follow(name, ()) for name in graph), key=len)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = node.args
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def _narrows(node: ast.Assert) -> bool:
    """`assert x`, `assert x is not None`, `assert isinstance(x, T)`, with or without `and`."""
    if isinstance(node.test, ast.BoolOp):
        return all(_narrows(ast.Assert(part)) for part in node.test.values)
    if isinstance(node.test, ast.Compare):
        return isinstance(node.test.ops[0], ast.IsNot) and ast.unparse(node.test.comparators[0]) == "None"
    if isinstance(node.test, ast.Call):
        return ast.unparse(node.test.func) == "isinstance"
    return isinstance(node.test, ast.Name | ast.Attribute | ast.Subscript)


def _is_shot(node: ast.Compare) -> bool:
    sides = (node.left, *node.comparators)
    words = {side.value for side in sides if isinstance(side, ast.Constant)} | {
        part.value
        for s in sides
        if isinstance(s, ast.Tuple | ast.Set)
        for part in s.elts
        if isinstance(part, ast.Constant)
    }
    return "shot" in words and any(isinstance(side, ast.Attribute) and side.attr == "kind" for side in sides)


def table(root: Path) -> dict[str, tuple[int, str]]:
    """Each measure: how many, and the worst of them by name."""
    found = modules(root)
    loads, lazy = chain(imports(found, lazy=False)), chain(imports(found, lazy=True))
    wide, narrowing, shots, anys = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    classes: dict[str, list[str]] = {}
    files: dict[str, list[str]] = {}
    for name, tree in found.items():
        files.setdefault(name.rpartition(".")[2], []).append(name)
        for node in ast.walk(tree):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() if _parameters(node) > 6:
                    wide[f"{name}.{node.name}"] = _parameters(node)
                case ast.Assert() if _narrows(node):
                    narrowing[name] += 1
                case ast.Compare() if _is_shot(node):
                    shots[name] += 1
                case ast.Name(id="Any"):
                    anys[name] += 1
                case ast.ClassDef() if not node.name.startswith("_"):
                    classes.setdefault(node.name, []).append(name)
    at_root = [n for n in found if n.count(".") == 1 and (root / f"{n.rpartition('.')[2]}.py").exists()]
    packages = {n.rpartition(".")[2] for n in found if (root.parent / n.replace(".", "/") / "__init__.py").exists()}
    twice = [n for n, where in files.items() if len(where) > 1 and n not in packages]
    same = [n for n, where in classes.items() if len(where) > 1]

    def worst(count: Counter[str]) -> str:
        return ", ".join(f"{name.removeprefix(root.name + '.')} {n}" for name, n in count.most_common(4))

    return {
        "longest import chain at load": (len(loads), f"with lazy ones {len(lazy)}: {' > '.join(loads)}"),
        "functions with more than 6 parameters": (len(wide), worst(wide)),
        "modules at the package root": (len(at_root), ""),
        'tests of kind == "shot"': (shots.total(), worst(shots)),
        "asserts that narrow": (narrowing.total(), worst(narrowing)),
        "uses of Any": (anys.total(), worst(anys)),
        "file names that stand twice": (len(twice), ", ".join(sorted(twice)[:12])),
        "public class names that stand twice": (len(same), ", ".join(sorted(same)[:12])),
    }


def lines(root: Path) -> int:
    return sum(len(file.read_text().splitlines()) for file in root.rglob("*.py"))


def main() -> None:
    src = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "src"
    for name, (count, worst) in table(src / "reelmake").items():
        print(
            f"{count:6}  (wanted {WANTED[name]:3})  {name}\n{'':24}{worst[:230]}"
            if worst
            else f"{count:6}  (wanted {WANTED[name]:3})  {name}"
        )
    for package in sorted(p.name for p in src.iterdir() if (p / "__init__.py").exists()):
        print(f"{lines(src / package):6}  lines of {package}")


if __name__ == "__main__":
    main()
