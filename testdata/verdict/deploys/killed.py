"""A command that is killed."""

from pyinfra.operations import server

server.shell(name="Build", commands=["sh -c 'kill -9 $$'"])
