"""sudo, as a user who has to type a password for it."""

from pyinfra.operations import server

server.shell(name="As root", commands=["id -u"], _sudo=True)
