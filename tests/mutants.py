"""Mutants of a function: the same program with one small thing wrong."""

import ast
import copy
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

SWAPPED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Mod: ast.FloorDiv, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr, ast.And: ast.Or,
    ast.Or: ast.And,
}  # fmt: skip
"""Each operator and what is put in its place."""


class Mutant(NamedTuple):
    """A reference with one thing changed, and what."""

    change: str
    function: Callable[..., Any]


def mutants(reference: Callable[..., Any], module: ModuleType) -> Iterator[Mutant]:
    """Every mutant of the reference and of what it uses of its own module."""
    with open(module.__file__ or "", encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):  # annotations do nothing
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    kinds = (ast.FunctionDef, ast.ClassDef)
    known = {node.name: node for node in tree.body if isinstance(node, kinds)}
    if reference.__module__ != module.__name__ or reference.__name__ not in known:
        return
    used = _used(known, reference.__name__)
    for name in sorted(used):
        for change, node in _changed(known[name]):
            program = {**{other: known[other] for other in used}, name: node}
            # Each in a world of its own, in which what it uses is of that world too.
            world = dict(vars(module))
            lines = ast.fix_missing_locations(ast.Module([*program.values()], []))
            exec(compile(lines, module.__file__ or "", "exec"), world)
            yield Mutant(f"{name}: {change}", world[reference.__name__])


def _used(known: dict[str, Any], name: str) -> set[str]:
    found, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one in known and one not in found:
            found.add(one)
            waiting += [node.id for node in ast.walk(known[one]) if isinstance(node, ast.Name)]
    return found


def _changed(tree: Any) -> Iterator[tuple[str, Any]]:
    """The tree with one node changed, for each change of each node, and the change in words."""
    for number, node in enumerate(ast.walk(tree)):
        for at in range(len(list(_changes(copy.deepcopy(node))))):
            fresh = copy.deepcopy(tree)
            twin = next(other for place, other in enumerate(ast.walk(fresh)) if place == number)
            before = ast.unparse(twin)
            for _ in range(at + 1):
                act = list(_changes(twin))[at]
            act()
            yield f"line {getattr(node, 'lineno', '?')}: {before} → {ast.unparse(twin)}", fresh


def _changes(node: Any) -> Iterator[Callable[[], None]]:
    """What can be done to this node."""

    def put(name: str, value: Any) -> Callable[[], None]:
        return lambda: setattr(node, name, value)

    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
        yield put("ops", [SWAPPED[type(node.ops[0])]()])
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in SWAPPED:
        yield put("op", SWAPPED[type(node.op)]())
    if isinstance(node, ast.UnaryOp):
        yield put("op", ast.UAdd() if isinstance(node.op, ast.USub | ast.Invert) else ast.Invert())
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield put("value", not node.value)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield put("value", node.value + 1)
        yield put("value", node.value - 1)
    if isinstance(node, ast.Return) and node.value is not None:
        yield put("value", ast.Constant(None))
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield put("test", ast.UnaryOp(ast.Not(), node.test))
