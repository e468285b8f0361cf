"""sudo to a user who is not there."""

from pyinfra.operations import server

server.shell(name="As the app", commands=["id -u"], _sudo=True, _sudo_user="no-such-user")
