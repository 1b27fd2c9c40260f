"""predict: a question that is answered before the answer is shown."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from netlab import palette

HERE = Path(__file__).parent


class Prediction(anywidget.AnyWidget):
    """A question with choices; once one is chosen, why it tempts and what is true.

    choice  what the learner chose, "" before that
    """

    _esm = HERE / "predict.js"
    _css = palette.css(".netlab-predict") + (HERE / "predict.css").read_text()

    question = traitlets.Unicode().tag(sync=True)
    choice = traitlets.Unicode("").tag(sync=True)
    _choices = traitlets.List().tag(sync=True)
    _right = traitlets.Unicode().tag(sync=True)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
            choices = "".join(f"<li>{escape(name)}</li>" for name, _ in self._choices)
            data["text/html"] = f"<p><b>{escape(self.question)}</b></p><ul>{choices}</ul>"
        return bundle

    def __repr__(self) -> str:
        return f"predict: {self.question} {' / '.join(name for name, _ in self._choices)}"


def predict(question: str, choices: Mapping[str, str], right: str) -> Prediction:
    """Ask before the answer is seen.

    choices  each possible answer with a sentence: why it tempts, or why it is right
    right    the right one; ValueError when it is none of the choices
    """
    if right not in choices:
        raise ValueError(f"{right!r} is none of the choices: {', '.join(choices)}")
    return Prediction(question=question, _choices=list(map(list, choices.items())), _right=right)
