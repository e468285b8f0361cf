"""An operation of one's own has a bug, which shows when it runs."""

from pyinfra.api import operation


@operation()
def buggy():
    yield "echo fine"
    yield "echo %s" % {}["port"]


buggy(name="Buggy")
