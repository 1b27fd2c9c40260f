"""A chat over TCP: a server, clients, and messages that PacketExplorer takes apart."""

from netlab.chat.client import Client
from netlab.chat.messages import ChatError, Message
from netlab.chat.server import Server

__all__ = ["ChatError", "Client", "Message", "Server"]
