"""A fact cannot be loaded while an operation runs, on one host."""

from pyinfra import host
from pyinfra.api import operation
from pyinfra.facts.server import Command
from pyinfra.operations import server


@operation()
def by_role():
    if host.name in ("vm-01", "@local"):
        host.get_fact(Command, "echo 'cat: /etc/role: No such file or directory' >&2; exit 1")
    yield "echo fine"


by_role(name="By role")
server.shell(name="Say bye", commands=["echo bye"])
