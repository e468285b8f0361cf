"""A command fails without a word."""

from pyinfra.operations import server

server.shell(name="Wait for the port", commands=["exit 7"])
