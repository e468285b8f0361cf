"""An operation in a Python function fails and ignores that: this run does not fail."""

from pyinfra.operations import python, server


def nests():
    server.shell(name="Inner", commands=["echo 'not there yet' >&2; exit 3"], _ignore_errors=True)


python.call(name="Outer", function=nests)
