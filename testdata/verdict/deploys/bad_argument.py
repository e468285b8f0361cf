"""An argument that the operation does not have."""

from pyinfra.operations import server

server.shell(name="Say hi", comands=["echo hi"])
