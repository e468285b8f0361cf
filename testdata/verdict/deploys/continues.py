"""The commands after the failing one run, and the operation fails all the same."""

from pyinfra.operations import server

server.shell(name="Rotate", commands=["echo 'logrotate: error opening /var/log/app' >&2; exit 3", "echo after"], _continue_on_error=True)
server.shell(name="Say bye", commands=["echo bye"])
