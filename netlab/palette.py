"""The one palette of the kit: Okabe and Ito's colours, safe for colour-blind eyes.

Every widget, figure and table takes a layer's colour from here.  A colour is never the only
carrier of meaning: the layer's name stands beside it.
"""

import os
from typing import NamedTuple


class Tone(NamedTuple):
    """A layer's colour: `base` for lines and marks, and a fill with readable ink per theme.

    Ink on fill has a contrast of at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3).
    """

    base: str
    light_fill: str
    light_ink: str
    dark_fill: str
    dark_ink: str
    emoji: str


LAYERS = {
    "link": Tone("#E69F00", "#FBE8C2", "#4A3300", "#5C4000", "#FFE9BD", "🔗"),
    "internet": Tone("#56B4E9", "#D9EEFB", "#0B3A57", "#0F4468", "#D6EEFF", "🌐"),
    "transport": Tone("#009E73", "#CDEFE4", "#003D2C", "#00523B", "#C9F7E7", "📦"),
    "application": Tone("#CC79A7", "#F6E0EC", "#57203F", "#662A4C", "#FFE1F0", "💬"),
    "payload": Tone("#F0E442", "#FBF8CF", "#454100", "#4D4900", "#FBF7C0", "📄"),
}


def emoji(layer: str) -> str:
    """The layer's emoji and a space, or nothing when the variable NETLAB_EMOJI is 0."""
    return "" if os.environ.get("NETLAB_EMOJI") == "0" else LAYERS[layer].emoji + " "
