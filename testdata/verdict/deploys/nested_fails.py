"""An operation in a Python function fails."""

from pyinfra.operations import python, server


def nests():
    server.shell(name="Inner", commands=["echo 'disk is full' >&2; exit 3"])


python.call(name="Outer", function=nests)
server.shell(name="Say bye", commands=["echo bye"])
