"""A fact cannot be loaded on any host."""

from pyinfra import host
from pyinfra.facts.server import Command
from pyinfra.operations import server

host.get_fact(Command, "echo 'cat: /etc/role: No such file or directory' >&2; exit 1")
server.shell(name="Say hi", commands=["echo hi"])
