"""An operation that takes long."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
server.shell(name="Migrate the database", commands=["sleep 20"])
server.shell(name="Say bye", commands=["echo bye"])
