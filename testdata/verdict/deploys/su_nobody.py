"""An operation as a user who is not there."""

from pyinfra.operations import server

server.shell(name="As the app", commands=["id -u"], _su_user="no-such-user")
