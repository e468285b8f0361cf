"""An operation in a Python function fails, and the function catches that: this run does not fail."""

from pyinfra.api.exceptions import NestedOperationError
from pyinfra.operations import python, server


def nests():
    try:
        server.shell(name="Inner", commands=["echo 'not there yet' >&2; exit 3"])
    except NestedOperationError:
        server.shell(name="Instead", commands=["echo instead"])


python.call(name="Outer", function=nests)
server.shell(name="Say bye", commands=["echo bye"])
