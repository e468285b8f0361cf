"""An operation fails on one host, the second or the only one; the others go on."""

from pyinfra import host
from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
if host.name in ("vm-01", "@local", "@fake/web-2", "h2"):
    server.shell(name="Restart nginx", commands=["echo 'nginx: configuration file /etc/nginx/nginx.conf test failed' >&2; exit 1"])
server.shell(name="Say bye", commands=["echo bye"])
