"""One operation for all hosts, which fails on one of them; the others go on."""

from pyinfra import host
from pyinfra.operations import server

bad = host.name in ("vm-01", "@local", "@fake/web-2", "h2")
server.shell(name="Restart nginx", commands=["echo 'nginx: configuration file /etc/nginx/nginx.conf test failed' >&2; exit 1" if bad else "true"])
server.shell(name="Say bye", commands=["echo bye"])
