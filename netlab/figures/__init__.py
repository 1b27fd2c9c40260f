"""Pictures that are looked at rather than clicked, drawn by matplotlib in the kit's palette."""

from netlab.figures.chart import Chart
from netlab.figures.layers import exchange, side_by_side
from netlab.figures.phases import timeline
from netlab.figures.readings import readings
from netlab.figures.transfers import cubic, sequence_numbers, square_root, transfer

__all__ = [
    "Chart", "cubic", "exchange", "readings", "sequence_numbers", "side_by_side", "square_root",
    "timeline", "transfer",
]  # fmt: skip
