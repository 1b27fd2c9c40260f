"""StateExplorer: both ends of a TCP connection, moved by hand, with the diagram lit up."""

from copy import deepcopy
from typing import Any

import traitlets

from netlab.counts import counted
from netlab.tcp.diagram import STYLE, svg
from netlab.tcp.duet import CALLS, NAMES, Duet, Flight, Step
from netlab.tcp.states import TABLE, Event, State
from netlab.widgets.static import image
from netlab.widgets.widget import Widget

SHOWN = ("snd_una", "snd_nxt", "snd_wnd", "rcv_nxt", "rcv_wnd")
"""The variables of an end that are shown, RFC 9293 section 3.3.1."""

REFUSED = "it is refused"


class StateExplorer(Widget, files="state_explorer", style=STYLE):
    """Two ends of a TCP connection side by side: make their calls, deliver or lose what they send,
    and see which row of the table is taken, and why.

    ask       whether to ask before each step which state comes next
    options   those of `Endpoint`, for both ends

    `duet` holds the two ends and all that has happened.
    """

    ask = traitlets.Bool(True).tag(sync=True)
    _ends: Any = traitlets.List().tag(sync=True)
    _flights: Any = traitlets.List().tag(sync=True)
    _said: Any = traitlets.Dict().tag(sync=True)
    _question: Any = traitlets.Dict().tag(sync=True)
    _history: Any = traitlets.List().tag(sync=True)
    _wait = traitlets.Unicode().tag(sync=True)
    _diagram = traitlets.Unicode().tag(sync=True)

    def __init__(self, *, ask: bool = True, **options: Any) -> None:
        self._options = options
        self._begin()
        super().__init__(ask=ask)
        self._show(_welcome())
        self.on_msg(lambda _, message, __: self.do(**message))

    def _begin(self) -> None:
        self.duet = Duet(**self._options)
        self._before: list[Duet] = []
        self._pending: dict[str, Any] | None = None

    def do(self, what: str, **more: Any) -> None:
        """Do what a button says: "call" with `side` and `name`, "deliver", "drop", "duplicate" or
        "delay" with `number`, "wait", "answer" with `choice`, "undo", "reset"."""
        if what == "reset":
            self._begin()
            self._show(_welcome())
        elif what == "undo":
            self._undo()
        elif what == "answer":
            self._answer(more["choice"])
        elif what in ("drop", "duplicate", "delay"):
            self._keep()
            flight = getattr(self.duet, what)(more["number"])
            self._show({"title": _fate(what, flight), "lines": []})
        elif self.ask:
            self._pending = {"what": what, **more}
            self._show(self._said, self._asked())
        else:
            self._show(_told(self._carry_out(self.duet, what, more)))

    def _carry_out(self, duet: Duet, what: str, more: dict[str, Any]) -> Step:
        """The step on that duet: the one on screen, or a copy to look ahead."""
        if duet is self.duet:
            self._keep()
        if what == "call":
            return duet.call(more["side"], Event[more["name"]])
        return duet.deliver(more["number"]) if what == "deliver" else duet.wait()

    def _keep(self) -> None:
        self._before = [*self._before[-49:], deepcopy(self.duet)]

    def _undo(self) -> None:
        if self._before:
            self.duet = self._before.pop()
            self._pending = None
            self._show({"title": "Taken back.", "lines": []})

    def _look_ahead(self) -> Step:
        assert self._pending
        more = dict(self._pending)
        return self._carry_out(deepcopy(self.duet), more.pop("what"), more)

    def _asked(self) -> dict[str, Any]:
        """The question before a step, with the states that could come next."""
        step = self._look_ahead()
        near = {
            row.next for row in TABLE if row.state is step.before and row.next is not step.before
        }
        others = [state for state in State if state in near - {step.after}][:2]
        choices = [state for state in State if state in {step.before, step.after, *others}]
        ask = f"{NAMES[step.side]} is in {step.before}; {step.action}. Which state is next?"
        texts = [f"it stays in {s}" if s is step.before else str(s) for s in choices]
        return {"ask": ask, "choices": [*texts, REFUSED] if _is_call(self._pending) else texts}

    def _answer(self, choice: str) -> None:
        if self._pending is None:
            return
        more, self._pending = self._pending, None
        step = self._carry_out(self.duet, more.pop("what"), more)
        if step.refused:
            right = choice == REFUSED
        else:
            right = choice.removeprefix("it stays in ") == step.after
        said = _told(step)
        verdict = "✔ Right." if right else f"✘ Not so: you said {choice!r}."
        self._show({**said, "title": f"{verdict} {said['title']}"})

    def _show(self, said: dict[str, Any], question: dict[str, Any] | None = None) -> None:
        duet = self.duet
        due = duet.waits_for()
        last = duet.steps[-1:]
        with self.hold_sync():
            self._ends = [_end(duet, side) for side in (0, 1)]
            self._flights = [_flight(flight) for flight in duet.flights]
            self._said, self._question = said, question or {}
            self._history = [_line(number, step) for number, step in enumerate(duet.steps, 1)]
            self._wait = _waits(duet, due)
            self._diagram = svg(
                style=False, here=self._here, taken=[row for step in last for row in step.rows]
            )

    @property
    def _here(self) -> list[tuple[str, State]]:
        return [(name, end.state) for name, end in zip(NAMES, self.duet.ends, strict=True)]

    def _still(self) -> str:
        return image(svg(here=self._here), str(self))

    def __repr__(self) -> str:
        return f"StateExplorer({', '.join(f'{name}: {state}' for name, state in self._here)})"


def _is_call(pending: dict[str, Any] | None) -> bool:
    return pending is not None and pending["what"] == "call"


def _welcome() -> dict[str, Any]:
    return {
        "title": "Two ends, both CLOSED.",
        "lines": ["Let the right one wait (passive OPEN), let the left one call (active OPEN), "
                  "and deliver what they send."],
    }  # fmt: skip


def _told(step: Step) -> dict[str, Any]:
    """What happened, in words: the rows that were taken, or why it was refused."""
    who = NAMES[step.side]
    if step.refused:
        return {"title": f"{who}: refused.", "lines": [step.refused], "refused": True}
    stays = f"stays in {step.after}" if step.after is step.before else f"is now in {step.after}"
    lines = [f"{row.event}: {row.why}. ({row.rfc})" for row in step.rows]
    sent = [f"It sends {flight.segment.summary()}" for flight in step.sent]
    return {"title": f"{who}: {step.action}. It {stays}.", "lines": lines + sent}


def _fate(what: str, flight: Flight) -> str:
    fates = {
        "drop": "is lost: neither end knows",
        "duplicate": "was copied on its way",
        "delay": "has fallen behind the others",
    }
    return f"{flight.segment.summary()} {fates[what]}."


def _waits(duet: Duet, due: tuple[int, int] | None) -> str:
    if due is None:
        return ""
    seconds = max(due[1] - duet.now, 0) / 1e9
    return f"wait {seconds:g} s, until a timer of {NAMES[due[0]]} runs out"


def _end(duet: Duet, side: int) -> dict[str, Any]:
    """All that is shown of one end."""
    end = duet.ends[side]
    status = end.status()
    shown = [[name, status[name]] for name in SHOWN if status[name] is not None]
    calls = [
        {"name": event.name, "text": event.text, "possible": end.machine.row(event) is not None}
        for event in CALLS
    ]
    waits = f"{counted(end.readable, 'byte')} to receive" if end.readable else ""
    return {
        "name": NAMES[side], "state": str(end.state), "error": end.error, "variables": shown,
        "calls": calls, "waiting": waits,
    }  # fmt: skip


def _flight(flight: Flight) -> dict[str, Any]:
    return {
        "number": flight.number, "leftward": flight.sender == 1, "text": flight.segment.summary(),
    }  # fmt: skip


def _line(number: int, step: Step) -> str:
    change = f"{step.before} → {step.after}" if step.after is not step.before else str(step.after)
    outcome = "refused" if step.refused else change
    return f"{number}. {NAMES[step.side]}: {step.action}: {outcome}"
