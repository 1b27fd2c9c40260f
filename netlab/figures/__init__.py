"""Pictures that are looked at rather than clicked, drawn by matplotlib in the kit's palette."""

from netlab.figures.layers import layers

__all__ = ["layers"]
