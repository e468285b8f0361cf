"""A fact cannot be loaded while the deploy is prepared, on one host."""

from pyinfra import host
from pyinfra.facts.server import Command
from pyinfra.operations import server

if host.name in ("vm-01", "@local"):
    host.get_fact(Command, "echo 'cat: /etc/role: No such file or directory' >&2; exit 1")
server.shell(name="Say hi", commands=["echo hi"])
