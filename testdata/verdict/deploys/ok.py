"""Nothing fails."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
server.shell(name="Say bye", commands=["echo bye"])
