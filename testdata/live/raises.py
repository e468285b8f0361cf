"""A deploy with a bug of its own: its traceback is the user's, and must not be folded."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
assert False, "a bug in the deploy"
