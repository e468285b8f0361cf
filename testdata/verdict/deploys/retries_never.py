"""Tries three times, and fails."""

from pyinfra.operations import server

server.shell(name="Fetch", commands=["echo 'curl: (7) Failed to connect to mirror port 443' >&2; exit 7"], _retries=2, _retry_delay=0)
server.shell(name="Say bye", commands=["echo bye"])
