"""predict and quiz: questions that are answered before the answer is seen."""

import tomllib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import traitlets

from netlab import progress
from netlab.widgets.widget import Widget

FOLDER = Path(__file__).parents[1] / "questions"
"""One TOML file a lesson, so that an answer does not stand in the cell that asks for it."""


class Choice(NamedTuple):
    """A possible answer: what it says, why it is right or why it tempts, whether it is right."""

    say: str
    why: str
    right: bool = False


class Question(NamedTuple):
    """A question with its choices; `quiz` tells the ones that the next lesson asks again."""

    id: str
    lesson: str
    ask: str
    choices: tuple[Choice, ...]
    quiz: bool


@cache
def all_questions() -> dict[str, Question]:
    """Every question by its id."""
    found: dict[str, Question] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            choices = tuple(Choice(**choice) for choice in entry["choices"])
            quiz = entry.get("quiz", False)
            found[name] = Question(name, path.stem, entry["ask"], choices, quiz)
    return found


class Questions(Widget, files="questions"):
    """Questions on screen: choose, commit, and read why.

    chosen  for each question the choice committed to, counted from 0; -1 before that
    """

    chosen = traitlets.List(traitlets.Int()).tag(sync=True)
    _button = traitlets.Unicode().tag(sync=True)
    _questions: Any = traitlets.List().tag(sync=True)

    def __init__(self, questions: list[Question], button: str) -> None:
        self._asked = questions
        shown = [
            {"ask": question.ask, "choices": [choice._asdict() for choice in question.choices]}
            for question in questions
        ]
        super().__init__(_questions=shown, _button=button, chosen=[-1] * len(questions))
        self.observe(self._note, "chosen")

    def _note(self, change: Any) -> None:
        for question, chosen in zip(self._asked, change["new"], strict=True):
            if chosen >= 0:
                progress.note(question.id)

    def _still(self) -> str:
        """The questions without their answers, for where no kernel runs."""
        return "".join(
            f"<p><b>{escape(question.ask)}</b></p>"
            f"<ul>{''.join(f'<li>{escape(choice.say)}</li>' for choice in question.choices)}</ul>"
            for question in self._asked
        )

    def __repr__(self) -> str:
        lines = []
        for question in self._asked:
            lines += [question.ask, *(f"  ( ) {choice.say}" for choice in question.choices)]
        return "\n".join(lines)


def predict(name: str) -> Questions:
    """Ask what will be seen, before it is; the answers say why the wrong ones tempt.

    `name` stands in one of the files in `netlab/questions`.  ValueError when it does not.
    """
    if name not in all_questions():
        raise ValueError(f"no question is called {name!r}: there are {', '.join(all_questions())}")
    return Questions([all_questions()[name]], "That is my guess")


def quiz(lesson: str) -> Questions:
    """Ask again what a lesson taught, such as "00": what is recalled stays.

    ValueError when that lesson has no quiz.
    """
    asked = [q for q in all_questions().values() if q.quiz and q.lesson.startswith(f"{lesson}_")]
    if not asked:
        have = sorted({q.lesson[:2] for q in all_questions().values() if q.quiz})
        raise ValueError(f"lesson {lesson!r} has no quiz: those of {', '.join(have)} have one")
    return Questions(asked, "Check my answer")
