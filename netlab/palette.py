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


EMOJIS = {
    "ARP": "📢", "ICMP": "🏓", "ICMPv6": "🏓", "IGMP": "📻", "TCP": "🤝", "UDP": "📮", "DNS": "📖",
    "DHCP": "🏷️", "HTTP": "🌍", "TLS": "🔒", "Chat": "💬",
}  # fmt: skip
"""Labels of single protocols; the others have their layer's."""


def label(protocol: str, layer: str) -> str:
    """The protocol's name, with its emoji before it unless NETLAB_EMOJI is 0."""
    mark = EMOJIS.get(protocol)
    shown = emoji(layer) if mark is None else f"{mark} "
    return f"{shown if emoji(layer) else ''}{protocol}"


PAPER = {"light": "#ffffff", "dark": "#111418"}
INK = {"light": "#1b1f24", "dark": "#e8eaed"}
FAINT = {"light": "#5b6470", "dark": "#a3abb6"}
LINE = {"light": "#8a929d", "dark": "#6b7480"}
"""Background, text, lesser text (both at 4.5 to 1 on the background) and thin lines."""


def css(selector: str) -> str:
    """CSS that gives `selector` the palette as custom properties, in both themes.

    JupyterLab says which theme it shows; elsewhere the reader's own setting decides.  Paper is
    light.
    """
    light, dark = _properties("light"), _properties("dark")
    return (
        f"{selector}{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{{selector}{{{dark}}}}}\n"
        f'[data-jp-theme-light="true"] {selector}{{{light}}}\n'
        f'[data-jp-theme-light="false"] {selector}{{{dark}}}\n'
        f"@media print{{{selector},[data-jp-theme-light] {selector}{{{light}}}}}\n"
    )


def rules(selector: str, style: str) -> str:
    """CSS in which `&` stands for `selector`, made stronger than what a page says of all its
    tables and all its code, as JupyterLab does."""
    return style.replace("&", selector * 3)


def _properties(theme: str) -> str:
    pairs = {"paper": PAPER[theme], "ink": INK[theme], "faint": FAINT[theme], "line": LINE[theme]}
    for name, tone in LAYERS.items():
        pairs[f"{name}-base"] = tone.base
        pairs[f"{name}-fill"] = tone.light_fill if theme == "light" else tone.dark_fill
        pairs[f"{name}-ink"] = tone.light_ink if theme == "light" else tone.dark_ink
    return ";".join(f"--netlab-{name}:{colour}" for name, colour in pairs.items())
