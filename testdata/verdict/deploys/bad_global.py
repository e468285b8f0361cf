"""A global argument of the wrong type."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"], _timeout="soon")
