"""Pictures that are looked at rather than clicked, drawn by matplotlib in the kit's palette."""

from netlab.figures.chart import Chart
from netlab.figures.layers import exchange, side_by_side

__all__ = ["Chart", "exchange", "side_by_side"]
