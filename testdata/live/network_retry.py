"""A command that fails and has `apt` in its text: pyinfra-orbstack calls that a network error, and tries four times."""

from pyinfra.operations import server

server.shell(name="Fail as apt", commands=["apt-nonexistent-xyz install nginx"])
