"""The phases of fetching a page as a picture."""

from matplotlib.figure import Figure

from netlab import palette
from netlab.figures.chart import Chart
from netlab.http import Fetched

INK, FAINT = palette.INK["light"], palette.FAINT["light"]

PHASES = {
    "resolve": ("application", "DNS: the name becomes an address"),
    "connect": ("transport", "TCP: one round trip for the handshake"),
    "tls": ("application", "TLS: keys are agreed, the certificate is checked"),
    "send": ("payload", "the request goes out"),
    "wait": ("internet", "one round trip, and what the server takes to think"),
    "receive": ("payload", "the answer comes in"),
}
"""The palette's layer of each phase, and what happens in it."""

LETTER = 1 / 125
"""A letter's width, as a part of the axis."""


def timeline(fetched: Fetched) -> Chart:
    """When each phase of `netlab.http.fetch` began and how long it took, in milliseconds."""
    phases = fetched.phases
    figure = Figure(figsize=(10.2, 0.5 * len(phases) + 1.1), layout="constrained")
    axes = figure.subplots()
    whole = max(phase.begin + phase.took for phase in phases) / 1e6
    for place, phase in enumerate(phases):
        layer, says = PHASES[phase.name]
        tone, begin, took = palette.LAYERS[layer], phase.begin / 1e6, phase.took / 1e6
        axes.barh(place, took, 0.7, begin, color=tone.light_fill, edgecolor=tone.base, lw=1.4)
        text = f"{took:.2f} ms  {says}"
        room = LETTER * len(text) * whole
        x, side = begin + took, "left"  # behind the bar, before it, or else in it: it is long
        if x + room > whole:
            x, side = begin, "right" if begin > room else "left"
        axes.annotate(
            text, (x, place), (6 if side == "left" else -6, 0), textcoords="offset points",
            ha=side, va="center", size=9, color=INK,
        )  # fmt: skip
    axes.set_yticks(range(len(phases)), [phase.name for phase in phases], color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, whole * 1.02)
    axes.set_xlabel("milliseconds since the beginning", color=INK)
    axes.set_title(f"{fetched.request}: {fetched.response}", loc="left", size=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=FAINT)
    words = ", ".join(f"{phase.name} {phase.took / 1e6:.2f} ms" for phase in phases)
    return Chart(figure, f"{fetched.request}, {whole:.2f} ms in all, phase by phase: {words}.")
