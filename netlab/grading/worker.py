"""What runs a learner's cells and answers questions about them, alone in a process behind walls.

It is started as a script, by `sandbox.start`, and shares nothing with the process that judges but
two pipes of JSON lines.  No right answer is here.  All that is said through the pipe may be said by
the learner's code as well, which stands in the same process: `pupil.py` trusts none of it.
"""

import ast
import builtins
import json
import os
import random
import re
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

QUIET = ("netlab.grading", "netlab.widgets", "IPython", "ipywidgets", "anywidget", "nbgrader")
"""Packages that do nothing here: what shows something, and what judges."""

MOST_WORDS = 300
"""Characters of an error that are told."""


class Nothing:
    """Stands for whatever shows something: it can be called, asked and changed to no effect."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __getitem__(self, key: Any) -> Any:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __repr__(self) -> str:
        return ""


class Distant:
    """An object on the other side, of which only methods can be called."""

    def __init__(self, asks: Any, number: int, methods: list[str]) -> None:
        for name in methods:
            setattr(self, name, _method(asks, number, name))


def _method(asks: Any, number: int, name: str) -> Any:
    return lambda *arguments: asks(number, name, arguments)


class Quiet:
    """Finds the packages that do nothing here."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if any(name == quiet or name.startswith(quiet + ".") for quiet in QUIET):
            return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        nothing = Nothing()

        def offered(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return nothing

        module.__getattr__ = offered  # type: ignore[method-assign]


class Cells:
    """The learner's namespace, in which their cells run one after another."""

    def __init__(self) -> None:
        self.module = ModuleType("__main__")
        self.names = self.module.__dict__
        sys.modules["__main__"] = self.module
        nothing = Nothing()
        vars(builtins).update(
            get_ipython=nothing, display=nothing, input=_no_input, exit=sys.exit, quit=sys.exit
        )

    def run(self, number: int, source: str) -> str:
        """Run a cell: "" or how it failed."""
        try:
            self._run(f"<cell {number}>", source)
        except BaseException as error:
            return words(error)
        return ""

    def _run(self, name: str, source: str) -> None:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            code = compile(source, name, "exec", flags, dont_inherit=True)
        except SyntaxError:
            code = compile(without_magics(source), name, "exec", flags, dont_inherit=True)
        result = eval(code, self.names)
        if result is not None:  # a cell with an await
            import asyncio

            asyncio.run(result)


def _no_input(prompt: object = "") -> str:
    raise EOFError("nobody is there to type when this is graded")


BODY_RUNS = re.compile(r"%%(time|timeit|capture|prun)\b")
MAGIC = re.compile(r"^(\s*)([%!?].*|[\w.]+\?\??\s*)$")
ASSIGNED = re.compile(r"^(\s*[\w, ]+=)\s*[%!].*$")


def without_magics(source: str) -> str:
    """The cell without what only IPython understands: %magics, !commands, ?questions."""
    lines = source.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not BODY_RUNS.match(first):
        return ""
    plain = []
    for line in lines:
        if assigned := ASSIGNED.match(line):
            line = f"{assigned[1]} None"
        elif magic := MAGIC.match(line):
            line = f"{magic[1]}pass"
        plain.append(line)
    return "\n".join(plain)


def words(error: BaseException) -> str:
    """An error in a line."""
    name, text = type(error).__name__, said(error)
    return (f"{name}: {text}" if text else name)[:MOST_WORDS]


def hashable(value: Any) -> bool:
    """Whether a table takes the value for a key."""
    try:
        hash(value)
    except Exception:
        return False
    return True


def said(error: BaseException) -> str:
    """What an error says."""
    try:
        return str(error)[:MOST_WORDS]
    except BaseException:
        return ""


# Before the learner's code: what this process may use.


def give_up(settings: dict[str, Any]) -> None:
    """Limit this process and all that it starts, and leave root's rights behind."""
    if settings["limits"]:
        import resource

        for name, value in settings["limits"].items():
            which = getattr(resource, name, None)
            if which is not None:
                hard = resource.getrlimit(which)[1]
                value = value if hard == resource.RLIM_INFINITY else min(value, hard)
                try:
                    resource.setrlimit(which, (value, value))
                except (OSError, ValueError):
                    if sys.platform == "linux":
                        raise
    if settings["user"]:
        os.setgroups([])
        os.setresgid(*[settings["user"]] * 3)
        os.setresuid(*[settings["user"]] * 3)


def pipes() -> tuple[int, int]:
    """Where questions come from and answers go; stdin and stdout are nobody's from now on."""
    questions, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    os.close(nowhere)
    return questions, answers


class Talk:
    """Questions and answers: a JSON line each.

    What is used here is held here, so that an exercise that changes `json` or `os` still works.
    A copy of this process, made by the learner's code, says nothing.
    """

    def __init__(self, questions: int, answers: int, longest: int) -> None:
        self._lines = open(questions, "rb", closefd=False)  # noqa: SIM115  as long as the process
        self._answers, self._longest = answers, longest
        self._decode, self._write = json.JSONDecoder().decode, os.write
        self._encode, self._exit = json.JSONEncoder().encode, os._exit
        self._getpid, self._own = os.getpid, os.getpid()
        self._number = 0

    def question(self) -> Any:
        """The next question; the process ends where no more can come."""
        line = self._lines.readline() if self._getpid() == self._own else b""
        if not line:
            self._exit(0)
        self._number, *question = self._decode(line.decode())
        return question

    def answer(self, *parts: Any) -> bool:
        """Answer the last question, unless that takes too many words."""
        if self._getpid() != self._own:
            self._exit(0)
        data = self._encode((self._number, *parts)).encode() + b"\n"
        if len(data) > self._longest:
            return False
        while data:
            data = data[self._write(self._answers, data) :]
        return True


def main() -> None:
    """Answer questions until there are no more."""
    settings = json.loads(sys.argv[1])
    questions, answers = pipes()
    give_up(settings)
    sys.argv[:] = [""]
    sys.path += settings["path"]
    sys.meta_path.insert(0, Quiet())
    from netlab.practice.calling import call
    from netlab.practice.plain import Odd, Raised, from_json, plain, to_json

    talk, cells = Talk(questions, answers, settings["longest"]), Cells()
    random.seed(0)  # the same submission gives the same grade

    def tell(word: str, value: Any) -> None:
        if isinstance(value, str | bytes) and len(value) > settings["longest"]:
            value = Odd("a value that is too long")
        try:
            told = talk.answer(word, to_json(value))
        except Exception as error:
            value = to_json(Odd(f"a value that cannot be read: {type(error).__name__}"))
            told = talk.answer(word, value)
        if not told:
            talk.answer(word, to_json(Odd("a value that is too long")))

    def asks(number: int, method: str, arguments: tuple[Any, ...]) -> Any:
        """Call what is on the other side, in the midst of a question from there."""
        talk.answer("asks", [number, method, [to_json(plain(one)) for one in arguments]])
        word, *parts = talk.question()
        if word == "reply":
            return from_json(parts[0])
        raise getattr(builtins, parts[0], RuntimeError)(parts[1])

    def argument(word: str, *parts: Any) -> Any:
        if word == "plain":
            return from_json(parts[0])
        distant = Distant(asks, *parts)
        return distant if word == "object" else lambda *arguments: asks(parts[0], "", arguments)

    objects: dict[Any, Any] = {}

    def reach(place: Any, name: str | None, arguments: list[Any]) -> None:
        """Call what stands under a name or at a number, or get what it has under a name."""
        try:
            target = objects[place] if isinstance(place, int) else cells.names[place]
            given = [argument(*one) for one in arguments]
            value = target(*given) if name is None else getattr(target, name)
        except BaseException as error:
            talk.answer("raised", [[kind.__name__ for kind in type(error).__mro__], said(error)])
            return
        told = plain(value)
        if isinstance(told, Odd) or (isinstance(target, type) and isinstance(value, target)):
            objects[len(objects)] = value
            talk.answer("object", [len(objects) - 1, to_json(told)])
        else:
            tell("frozen" if isinstance(told, set | tuple) and hashable(value) else "given", told)

    talk.answer("ready")
    while True:
        word, *parts = talk.question()
        if word == "cell":
            talk.answer(word, cells.run(*parts))
        elif word == "value":
            if parts[0] not in cells.names:
                talk.answer("absent")
            elif callable(cells.names[parts[0]]):
                talk.answer("function")
            else:
                tell(word, plain(cells.names[parts[0]]))
        elif word == "reach":
            reach(*parts)
        elif word == "call":
            name, cases = parts
            for case in cases:
                try:
                    result = call(cells.names[name], from_json(case))
                except BaseException as error:
                    result = Raised(words(error))
                tell(word, result)


if __name__ == "__main__":
    main()
