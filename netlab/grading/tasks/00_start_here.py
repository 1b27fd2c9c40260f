"""Lesson 00: what the first packet shows."""

from netlab import read, recording
from netlab.grading.task import Misconception, Task
from netlab.wire import HTTP

REQUEST = next(packet for packet in read(recording("http.pcap")) if HTTP in packet)


def overhead() -> int:
    """Bytes of the request's packet that are not the request itself."""
    return len(REQUEST) - REQUEST[HTTP].header_length


TASKS = (
    Task(
        "00/overhead",
        answer="overhead",
        reference=overhead,
        hints=(
            "The packet's bytes are the request's and those of the headers around it.",
            "`len(request)` counts all bytes of the packet; click on each layer to see how many"
            " it has.",
            "Add up the lengths of Ethernet, IPv4 and TCP, or take the request's length from "
            "the whole.",
        ),
        misconceptions=(
            Misconception(
                REQUEST[HTTP].header_length,
                "That is the request itself. How many bytes are around it?",
            ),
            Misconception(
                len(REQUEST), "That is the whole packet. How much of it is not the request?"
            ),
            Misconception(
                sum(layer.header_length for layer in REQUEST.layers[1:-1]),
                "Nearly: the Ethernet header travels too.",
            ),
        ),
    ),
)
