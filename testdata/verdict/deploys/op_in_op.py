"""An operation calls another one."""

from pyinfra.api import operation
from pyinfra.operations import server


@operation()
def outer():
    server.shell(name="Inner", commands=["echo hi"])
    yield "echo hi"


outer(name="Outer")
