"""`dataclass` as the standard library has it, for classes that cost little to define. Knows no class.

The standard decorator writes and compiles up to eight functions for each class, and a command loads two hundred of
them. Here comparison, hash and text are shared, and `__init__` is compiled when the first value is made. `frozen` is
what the type checker enforces, and gives a hash: nothing watches assignments at run time (decision 053). For fields of
strings as annotations (`from __future__ import annotations`); there are no options beyond these.
"""

from __future__ import annotations

__all__ = ["dataclass"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dataclasses import _FIELD, MISSING, Field, field
    from operator import attrgetter
    from types import SimpleNamespace

    def dataclass(kind=None, /, *, frozen=False, slots=False, kw_only=False):
        if kind is None:
            return lambda kind: dataclass(kind, frozen=frozen, slots=slots, kw_only=kw_only)
        given = {base: vars(base).get("__dataclass_fields__", {}) for base in reversed(kind.__mro__[1:])}
        own = {
            name: _field(kind, name, kw_only) for name, said in kind.__annotations__.items() if "ClassVar" not in said
        }
        fields = {name: one for them in (*given.values(), own) for name, one in them.items()}
        made = {
            "__dataclass_fields__": fields,
            "__dataclass_params__": SimpleNamespace(frozen=frozen),  # for subclasses by the standard decorator
            "__match_args__": tuple(name for name, one in fields.items() if not one.kw_only),
            "__init__": _first(fields),
            "__repr__": _shown,
            **_compared(fields, frozen),
            **{name: method for name in ("__eq__", "__hash__", "__repr__") if (method := vars(kind).get(name))},
        }
        made["__init__"].of = kind = _with(kind, own, made, slots)
        return kind

    def _field(kind, name, kw_only):
        default = vars(kind).get(name, MISSING)
        one = default if isinstance(default, Field) else field(default=default)
        if one.default.__class__.__hash__ is None:
            raise ValueError(f"{name}: a value that can change is no default, use default_factory")
        one.name, one.type, one.kw_only, one._field_type = name, kind.__annotations__[name], kw_only, _FIELD
        return one

    def _with(kind, own, made, slots):
        """The class with what was made for it; one with slots has to be another, for they are laid out at its birth."""
        if not slots:
            defaults = {name: one.default for name, one in own.items() if isinstance(vars(kind).get(name), Field)}
            for name, value in {**made, **defaults}.items():
                setattr(kind, name, value) if value is not MISSING else delattr(kind, name)
            return kind
        space = {name: value for name, value in vars(kind).items() if name not in (*own, "__dict__", "__weakref__")}
        return type(kind)(kind.__name__, kind.__bases__, {**space, **made, "__slots__": tuple(own)})

    def _first(fields):
        """An `__init__` that puts the real one in its place."""

        def first(self, /, *args, **named):
            first.of.__init__ = real = _written(first.of, fields.values())
            real(self, *args, **named)

        return first

    def _written(kind, fields):
        names, arguments, body = {"MISSING": MISSING}, {False: [], True: ["*"]}, []
        for one in fields:
            name, argument = one.name, one.name
            if one.default_factory is not MISSING:
                names[f"new_{name}"], argument = one.default_factory, f"{name}=MISSING"
            elif one.default is not MISSING:
                names[f"of_{name}"], argument = one.default, f"{name}=of_{name}"
            arguments[one.kw_only].append(argument)
            new = one.default_factory is not MISSING
            body.append(
                f"self.{name} = new_{name}() if {name} is MISSING else {name}" if new else f"self.{name} = {name}"
            )
        if hasattr(kind, "__post_init__"):
            body.append("self.__post_init__()")
        said = ", ".join(["self", *arguments[False], *(arguments[True] if len(arguments[True]) > 1 else [])])
        exec(f"def __init__({said}):\n " + "\n ".join(body or ["pass"]), names)  # noqa: S102 (of our own classes)
        names["__init__"].__qualname__ = f"{kind.__qualname__}.__init__"
        return names["__init__"]

    def _compared(fields, frozen):
        """`__eq__` and `__hash__` by the fields, less those that have `compare=False`."""
        names = [one.name for one in fields.values() if one.compare]
        values = attrgetter(*names) if names else lambda _: ()

        def same(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return {"__eq__": same, "__hash__": (lambda self: hash(values(self))) if frozen else None}

    def _shown(self):
        said = ", ".join(
            f"{one.name}={getattr(self, one.name)!r}" for one in self.__dataclass_fields__.values() if one.repr
        )
        return f"{type(self).__qualname__}({said})"
