"""An operation without a name."""

from pyinfra.operations import server

server.shell(commands=["exit 7"])
