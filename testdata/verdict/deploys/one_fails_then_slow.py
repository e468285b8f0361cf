"""An operation fails on one host; then comes one that takes long."""

from pyinfra import host
from pyinfra.operations import server

server.shell(name="Restart nginx", commands=["echo 'nginx: configuration file /etc/nginx/nginx.conf test failed' >&2; exit 1" if host.name == "vm-01" else "true"])
server.shell(name="Migrate the database", commands=["sleep 20"])
