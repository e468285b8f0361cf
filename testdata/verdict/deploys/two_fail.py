"""Two hosts fail, each at an operation of its own."""

from pyinfra import host
from pyinfra.operations import server

server.shell(name="Install", commands=["echo 'E: Unable to locate package nginx-lite' >&2; exit 100" if host.name == "vm-00" else "true"])
server.shell(name="Migrate", commands=["echo 'psql: error: connection refused' >&2; exit 2" if host.name == "vm-02" else "true"])
server.shell(name="Say bye", commands=["echo bye"])
