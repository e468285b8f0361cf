"""An operation with sudo and the wrong password."""

from pyinfra.operations import server

server.shell(name="As root", commands=["id -u"], _sudo=True, _sudo_password="wrong")
