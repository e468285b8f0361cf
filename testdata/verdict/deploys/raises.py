"""The deploy file raises."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
assert {}.get("port"), "no port is configured"
