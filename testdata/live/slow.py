"""Takes a while, so that there is time for Ctrl-C."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
server.shell(name="Sleep", commands=["sleep 30"])
