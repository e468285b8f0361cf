"""The third of four commands fails."""

from pyinfra.operations import server

server.shell(name="Build", commands=["echo one", "echo two", "echo 'make: *** No rule to make target' >&2; exit 2", "echo four"])
