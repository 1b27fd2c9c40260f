"""A finished picture with the words for those who cannot see it."""

from base64 import b64encode
from io import BytesIO
from typing import Any

from matplotlib.figure import Figure


class Chart:
    """A matplotlib figure and its alternative text; a notebook shows both to whom they serve."""

    def __init__(self, figure: Figure, alt: str) -> None:
        self.figure, self.alt = figure, alt

    def png(self, dots_per_inch: int = 144) -> bytes:
        """The picture as PNG, on a white ground of its own so that it reads in any theme."""
        buffer = BytesIO()
        self.figure.savefig(buffer, format="png", dpi=dots_per_inch, facecolor="white")
        return buffer.getvalue()

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, str], dict[str, Any]]:
        width, height = (round(inches * 72) for inches in self.figure.get_size_inches())
        picture = {"image/png": b64encode(self.png()).decode(), "text/plain": repr(self)}
        return picture, {"image/png": {"alt": self.alt, "width": width, "height": height}}

    def __repr__(self) -> str:
        return f"Chart: {self.alt}"
