"""What learners click on: anywidget for what is touched itself, one Python file and one ES module
a widget."""

from netlab.widgets.packet_explorer import PacketExplorer
from netlab.widgets.questions import predict, quiz

__all__ = ["PacketExplorer", "predict", "quiz"]
