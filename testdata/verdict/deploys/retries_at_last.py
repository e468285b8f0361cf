"""Fails twice, and gets through at last."""

import tempfile

from pyinfra.operations import server

count = tempfile.mktemp()
server.shell(
    name="Fetch",
    commands=["echo x >>%s; test $(wc -l <%s) -ge 3 || { echo 'curl: (7) Failed to connect to mirror port 443' >&2; exit 7; }" % (count, count)],
    _retries=3,
    _retry_delay=0,
)
server.shell(name="Say bye", commands=["echo bye"])
