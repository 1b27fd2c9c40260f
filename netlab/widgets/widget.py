"""What all widgets share: being made of files, and what stands where no kernel runs."""

from pathlib import Path
from typing import Any

import anywidget

from netlab import palette

HERE = Path(__file__).parent


class Still:
    """Mixed into a widget, it gives what is seen where no kernel runs (on GitHub, on a printed
    page): as text the widget's repr, as HTML what its `_still` draws."""

    def _still(self) -> str:
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)  # type: ignore[misc]
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"], data["text/html"] = repr(self), self._still()
        return bundle


class Widget(Still, anywidget.AnyWidget):  # type: ignore[misc]  # it has no types
    """A widget of one Python file, one ES module and one style sheet.

    The three have the same name; `common.js` stands before every module, `common.css` and the
    palette before every style sheet.
    """

    def __init_subclass__(cls, files: str = "", style: str = "", **more: Any) -> None:
        """`files` is their name, `style` is CSS that comes before the widget's own."""
        if files:
            cls._esm, cls._css = _text("common.js", f"{files}.js"), _css(files, style)
        super().__init_subclass__(**more)


def _text(*names: str) -> str:
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


def _css(name: str, style: str) -> str:
    return palette.css(".netlab-widget") + style + _text("common.css", f"{name}.css")
