"""`dataclass` as the standard library has it, for classes that cost little to define. Knows no class.

The standard decorator writes and compiles up to eight functions for each class, and a command loads two hundred of
them. Here only `__init__` is written; comparison, hash and text are shared. `frozen` is what the type checker enforces,
and gives a hash: nothing watches assignments at run time (decision 053).
"""

from __future__ import annotations

__all__ = ["dataclass"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from operator import attrgetter

    def dataclass(kind=None, /, *, frozen=False, slots=False, kw_only=False):
        if kind is None:
            return lambda kind: dataclass(kind, frozen=frozen, slots=slots, kw_only=kw_only)
        said = kind.__doc__
        kind.__doc__ = said or "-"  # else the standard one looks up the signature, which takes longest of all
        own = {name: vars(kind)[name] for name in ("__eq__", "__hash__", "__repr__") if name in vars(kind)}
        kind = dataclasses.dataclass(kind, eq=False, repr=False, slots=slots, kw_only=kw_only)
        kind.__doc__ = said
        for name, function in {"__repr__": _shown, **_compared(kind, frozen), **own}.items():
            setattr(kind, name, function)
        return kind

    def _compared(kind, frozen):
        """`__eq__` and `__hash__` of a class by its fields, less those that have `compare=False`."""
        names = [f.name for f in dataclasses.fields(kind) if f.compare]
        values = attrgetter(*names) if names else lambda _: ()

        def same(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return {"__eq__": same, "__hash__": (lambda self: hash(values(self))) if frozen else None}

    def _shown(self):
        said = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
        return f"{type(self).__qualname__}({said})"
