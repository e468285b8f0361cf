"""An operation that runs on one host after the other, and one that runs once; the first fails on one host."""

from pyinfra import host
from pyinfra.operations import server

server.shell(name="Drain", commands=["echo 'drain: node is busy' >&2; exit 1" if host.name == "vm-01" else "true"], _serial=True)
server.shell(name="Migrate", commands=["true"], _run_once=True)
