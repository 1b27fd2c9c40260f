"""What learners click on: anywidget for what is touched itself, one Python file and one ES module
a widget."""

from netlab.widgets.bit_field import BitField
from netlab.widgets.checksum_stepper import ChecksumStepper
from netlab.widgets.dashboard import Dashboard
from netlab.widgets.encapsulation_stepper import EncapsulationStepper
from netlab.widgets.fragmentation_explorer import FragmentationExplorer
from netlab.widgets.http_explorer import HttpExplorer
from netlab.widgets.network_simulator import NetworkSimulator
from netlab.widgets.packet_explorer import PacketExplorer
from netlab.widgets.questions import predict, quiz
from netlab.widgets.sequence_ladder import SequenceLadder
from netlab.widgets.state_explorer import StateExplorer

__all__ = [
    "BitField",
    "ChecksumStepper",
    "Dashboard",
    "EncapsulationStepper",
    "FragmentationExplorer",
    "HttpExplorer",
    "NetworkSimulator",
    "PacketExplorer",
    "SequenceLadder",
    "StateExplorer",
    "predict",
    "quiz",
]
