"""A program that is not there."""

from pyinfra.operations import server

server.shell(name="Compose", commands=["docker-composed up -d"])
