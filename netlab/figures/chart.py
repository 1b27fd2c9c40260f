"""A finished picture with the words for those who cannot see it."""

from base64 import b64encode
from html import escape
from io import BytesIO
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from netlab import palette

FIXED: Any = {"svg.fonttype": "none", "svg.hashsalt": "netlab"}
"""Text stays text, and the same drawing gives the same file."""


DARK = "filter:invert(.93) hue-rotate(180deg)"
"""Light and dark change places, and each colour stays what it is."""

STYLE = (
    f"@media screen and (prefers-color-scheme:dark){{img.netlab-chart{{{DARK}}}}}"
    f"[data-jp-theme-light] img.netlab-chart{{filter:none}}"
    f'@media screen{{[data-jp-theme-light="false"] img.netlab-chart{{{DARK}}}}}'
)
"""The picture follows the theme, as JupyterLab or else the reader has set it; paper is light."""


class Chart:
    """A matplotlib figure and its alternative text.

    figure  the matplotlib figure, on a ground of its own so that it reads in any theme
    alt     what it shows, in words: for a screen reader, and where no picture can be
    """

    def __init__(self, figure: Figure, alt: str) -> None:
        figure.set_facecolor(palette.PAPER["light"])
        self.figure, self.alt = figure, alt

    def svg(self) -> bytes:
        """The picture as SVG."""
        buffer = BytesIO()
        with rc_context(FIXED):
            self.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return buffer.getvalue().replace(b"DejaVu Sans", b"sans-serif")

    @property
    def source(self) -> str:
        """The picture as the address of an image."""
        return f"data:image/svg+xml;base64,{b64encode(self.svg()).decode()}"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """HTML rather than a bare picture: JupyterLab gives alternative text to no other."""
        alt, style = escape(self.alt), "max-width:100%;border-radius:6px"
        image = f'<img class="netlab-chart" alt="{alt}" style="{style}" src="{self.source}">'
        return {"text/html": f"<style>{STYLE}</style>{image}", "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"Chart: {self.alt}"
