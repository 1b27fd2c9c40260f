"""The command `netlab`.  What a command needs is imported inside it, so that help comes quickly."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

import netlab
from netlab import palette
from netlab.words import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from netlab.field import Span
    from netlab.packet import Packet

FIRST_LESSON = Path("notebooks") / "00_start_here.ipynb"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="netlab: a teaching kit for network protocols.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _fail(sentence: str) -> NoReturn:
    """End with one sentence on stderr."""
    typer.echo(f"netlab: {sentence}", err=True)
    raise typer.Exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"netlab {netlab.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Open JupyterLab on the first lesson.

    Options of JupyterLab are passed on: netlab lab --no-browser --port 8899
    """
    from importlib.util import find_spec

    if find_spec("jupyterlab") is None:
        _fail("JupyterLab is missing: pip install jupyterlab")
    places = [Path.cwd(), Path(netlab.__file__).parents[1]]
    course = next((place for place in places if (place / FIRST_LESSON).exists()), None)
    if course is None:
        _fail("the lessons are not here: run this in the folder that holds notebooks/")
    os.chdir(course)
    # A lesson does not begin with a question about news: the settings say so.
    settings = [
        str(Path(netlab.__file__).parent / "jupyter"),
        os.environ.get("JUPYTER_CONFIG_PATH"),
    ]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, settings))
    options = [f"--LabApp.default_url=/lab/tree/{FIRST_LESSON.as_posix()}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    command = [sys.executable, "-m", "jupyterlab", *options, *context.args]
    if sys.platform == "win32":
        import subprocess

        raise typer.Exit(subprocess.run(command).returncode)
    os.execv(sys.executable, command)


@app.command()
def show(
    file: Annotated[str, typer.Argument(help="A capture: pcap or pcapng, also gzipped.")],
    packet: Annotated[
        int | None, typer.Option("--packet", "-p", help="The whole of one packet, by its number.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", "-c", min=0, help="Stop after this many packets.")
    ] = None,
    problems: Annotated[
        bool, typer.Option("--problems", help="Only packets with something malformed.")
    ] = False,
) -> None:
    """List the packets of a capture, or take one apart.

    netlab show http.pcap

    netlab show http.pcap --packet 6
    """
    from rich.console import Console

    console = Console(highlight=False)
    with _capture_errors():
        packets = netlab.read(file)
        if packet is not None:
            _show_one(console, file, packets, packet)
        else:
            _show_list(console, islice(packets, count), problems)


@contextmanager
def _capture_errors() -> Iterator[None]:
    """What goes wrong with a capture, as one sentence; a closed pipe ends quietly."""
    try:
        yield
        sys.stdout.flush()
    except netlab.CaptureError as error:
        sys.stdout.flush()
        _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


def _show_list(console: "Console", packets: "Iterator[Packet]", problems: bool) -> None:
    from rich.text import Text

    crop = console.is_terminal  # in a pipe or a file a line may be long
    wide = console.width >= 100 or not crop
    size = "  Size" if wide else ""
    head = f" No.     Time Source            Destination       Protocol{size} What it says"
    console.print(Text(head, style="bold"), no_wrap=True, crop=crop, overflow="ellipsis")
    first = None
    for number, packet in enumerate(packets, 1):
        if first is None:
            first = packet.time
        if problems and not packet.problems:
            continue
        seconds = "" if packet.time is None else f"{(packet.time - (first or 0)) / 1e9:.6f}"
        source, destination = packet.ends
        line = Text(f"{number:4} {seconds:>8} {source:17} {destination:17} ")
        line.append_text(_badge(packet)).append(f" {packet.wire_length:5}" if wide else "")
        line.append(f" {packet.summary()}")
        console.print(line, no_wrap=True, crop=crop, overflow="ellipsis" if crop else "ignore")
        for problem in packet.problems if problems else ():
            console.print(f"     ⚠ {problem}", markup=False, soft_wrap=True)


def _badge(packet: "Packet") -> "Text":
    from rich.text import Text

    layer = packet.layers[-1].layer if packet.layers else "payload"
    return Text(f" {packet.protocol[:6]:6} ", style=f"black on {palette.LAYERS[layer].base}")


def _show_one(console: "Console", file: str, packets: "Iterator[Packet]", number: int) -> None:
    from rich.text import Text

    packet = next(islice(packets, number - 1, None), None) if number > 0 else None
    if packet is None:
        _fail(f"{file} has no packet {number}: packets are counted from 1")
    console.print(f"packet {number}: {packet.wire_length} bytes, {packet.summary()}", markup=False)
    for label, text in (("captured on", packet.interface), ("comment", packet.comment)):
        for line in text.splitlines():
            console.print(f"{label}: {printable(line)}", markup=False)
    for problem in packet.problems:
        console.print(f"⚠ {problem}", markup=False)
    for span in packet.spans():
        _show_layer(console, span)
    console.print()
    console.print(Text.from_ansi(netlab.hexdump(packet).ansi()))


def _show_layer(console: "Console", span: "Span") -> None:
    from rich.text import Text

    line = Text("\n" + palette.emoji(span.layer))
    line.append(f" {span.name} ", style=f"black on {palette.LAYERS[span.layer].base}")
    console.print(line.append(f" {span.about or span.text}"))
    for child in span.children:
        _show_span(console, child, 1)


def _show_span(console: "Console", span: "Span", depth: int) -> None:
    from rich.text import Text

    line = Text("  " * depth)
    line.append(f"{span.name:<{22 - 2 * depth}} ", style="bold").append(span.text)
    if span.meaning:
        line.append(f" ({span.meaning})", style="italic")
    console.print(line, overflow="fold")
    for child in span.children:
        _show_span(console, child, depth + 1)


@app.command()
def doctor() -> None:
    """Say what this machine permits, and the remedy for what is missing."""
    from netlab.doctor import examine

    for finding in examine():
        typer.echo(finding)


@app.command()
def monitor(
    source: Annotated[
        str, typer.Argument(help="An interface, a capture file, or 'simulator'.")
    ] = "any",
    filter: Annotated[
        str, typer.Option("--filter", "-f", help="What to capture, as tcpdump writes it.")
    ] = "",
    speed: Annotated[
        float, typer.Option(help="How fast to replay a capture; 0 is as fast as possible.", min=0)
    ] = 1,
    count: Annotated[
        int | None, typer.Option("--count", "-c", min=0, help="Stop after this many packets.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Stop a live capture after so much time.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="A line of JSON each second.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="The connections as CSV, at the end.")] = False,
) -> None:
    """Watch traffic: rates, protocols, top talkers, connections and their states.

    netlab monitor eth0 --filter "tcp port 80"

    netlab monitor http.pcap --speed 0

    netlab monitor simulator --json
    """
    from rich.console import Console

    from netlab.monitor import Monitor, opened, terminal

    with (
        _capture_errors(),
        opened(source, speed=speed or None, filter=filter, seconds=seconds) as found,
    ):
        packets, statistics = islice(found.packets, count), Monitor()
        if json:
            terminal.json_lines(packets, statistics, lambda line: print(line, flush=True))
        elif csv:
            terminal.csv_table(packets, statistics)
        else:
            terminal.watch(
                packets, statistics, Console(), title=source, dropped=lambda: found.dropped
            )


@app.command()
def chat(
    name: Annotated[
        str | None, typer.Argument(help="Your name in the chat; without one, serve.")
    ] = None,
    host: Annotated[str, typer.Option(help="The server's address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The server's port.", min=0, max=65535)] = 50007,
) -> None:
    """Chat over TCP: serve, or join with a name.

    netlab chat

    netlab chat Ada
    """
    import asyncio

    from netlab.chat import ChatError, terminal

    try:
        if name is None:
            asyncio.run(terminal.serve(host, port, typer.echo))
        else:
            asyncio.run(terminal.talk(name, host, port, typer.echo))
    except ChatError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit from None


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Notebooks, or folders of them.", show_default=False)
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="How many notebooks run at a time.")
    ] = 1,
    junit: Annotated[
        Path | None, typer.Option(help="Write the result here, too, as JUnit XML.")
    ] = None,
) -> None:
    """Run notebooks strictly: every output must be the one that was saved.

    Without a name, all of notebooks/ are run.  Ends with 1 when a cell differs.

    netlab check --jobs 2 --junit report.xml

    netlab check notebooks/00_start_here.ipynb solutions
    """
    from netlab import strict
    from netlab.notebooks import CourseError

    outcomes = []
    try:
        found = strict.find(paths or [Path("notebooks")])
        typer.echo(f"{len(found)} notebook{'s' * (len(found) != 1)} to run")
        for outcome in strict.check(found, jobs):
            outcomes.append(outcome)
            cells = f"{outcome.cells:3} code cells {outcome.seconds:6.1f} s"
            place = f"({len(outcomes)} of {len(found)})"
            if outcome.failed:
                typer.echo(f"✘ {outcome.path} {cells}, {outcome.failed} failed {place}")
                typer.echo(f"    {outcome.first}")
            else:
                typer.echo(f"✔ {outcome.path} {cells} {place}")
        if junit:
            strict.write_junit(outcomes, junit)
    except (CourseError, OSError) as error:
        _fail(str(error))
    failed = sum(bool(outcome.failed) for outcome in outcomes)
    typer.echo(
        f"{failed} of {len(found)} not as saved"
        if failed
        else f"all {len(found)} as they were saved"
    )
    if failed:
        raise typer.Exit(1)


@app.command()
def exercises(
    solutions: Annotated[Path, typer.Argument(help="The folder of solutions.")] = Path("solutions"),
    out: Annotated[Path, typer.Argument(help="The folder to write.")] = Path("exercises"),
) -> None:
    """Make the exercises from the solutions, with nbgrader's own converters."""
    from netlab.grading.exercises import ExerciseError, generate

    try:
        for path in generate(solutions, out):
            typer.echo(f"wrote {path}")
    except ExerciseError as error:
        _fail(str(error))


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="A folder or zip: a notebook, or a folder, for each student.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The CSV to write.")] = Path(
        "grades.csv"
    ),
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="How many at a time.  [default: one a processor]"),
    ] = None,
    exercise: Annotated[
        str | None,
        typer.Option(help="Its number, such as 01.  [default: the one most handed in]"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of the cases, the same for all; captures stay one's own.")
    ] = None,
    seed_by: Annotated[
        str | None,
        typer.Option(help="'student': cases and captures follow from the student's id."),
    ] = None,
    feedback: Annotated[
        Path | None,
        typer.Option(help="The folder for the students' pages.  [default: feedback, beside --out]"),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(help="Write the result here, too, as JUnit XML.")
    ] = None,
    executor: Annotated[
        str, typer.Option(help="What it runs on: processes, threads, dask, or module:object.")
    ] = "processes",
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="Run students' code without any protection.")
    ] = False,
) -> None:
    """Grade submissions: points, feedback for each student, a summary for the instructor.

    Run again after it was stopped, it goes on where it was.

    netlab grade submitted --out grades.csv --jobs 4

    netlab grade moodle.zip --seed-by student --junit grades.xml
    """
    from netlab.grading import command
    from netlab.grading.sources import SubmissionsError

    if seed_by not in (None, "student"):
        _fail(f"--seed-by takes only student, not {seed_by}")
    try:
        failed = command.run(
            submissions, out, feedback or out.parent / "feedback", junit=junit, jobs=jobs,
            exercise=exercise, seed=seed, by_student=bool(seed_by), executor=executor,
            sandboxed=not no_sandbox,
        )  # fmt: skip
    except SubmissionsError as error:
        _fail(str(error))
    if failed:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; what the machine prints is UTF-8 wherever it can be."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


if __name__ == "__main__":
    main()
