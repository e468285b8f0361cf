"""An error is ignored, another one is not."""

from pyinfra.operations import server

server.shell(name="Stop the old one", commands=["echo 'Error: No such container: web' >&2; exit 1"], _ignore_errors=True)
server.shell(name="Start the new one", commands=["echo 'Error: port is already allocated' >&2; exit 125"])
server.shell(name="Say bye", commands=["echo bye"])
