"""The second operation fails: what follows is `No hosts remaining!`."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
server.shell(name="Fail", commands=["echo the real reason >&2; exit 3"])
server.shell(name="Never", commands=["echo never"])
