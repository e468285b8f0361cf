"""Errors that are ignored: this run does not fail."""

from pyinfra.operations import server

server.shell(name="Stop the old one", commands=["echo 'Error: No such container: web' >&2; exit 1"], _ignore_errors=True)
server.shell(name="Clean up", commands=["echo a", "exit 3", "echo b"], _ignore_errors=True, _continue_on_error=True)
server.shell(name="Start the new one", commands=["echo started"])
