"""This is no Python."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"]
