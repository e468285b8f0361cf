"""Hosts that disagree about how an operation is to run."""

from pyinfra import host
from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"], _serial=host.name == "vm-00")
