"""An operation with sudo."""

from pyinfra.operations import server

server.shell(name="As root", commands=["id -u"], _sudo=True)
