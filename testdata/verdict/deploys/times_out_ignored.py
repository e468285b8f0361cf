"""The same, ignored."""

from pyinfra.operations import server

server.shell(name="Wait for the cluster", commands=["sleep 5"], _timeout=1, _ignore_errors=True)
