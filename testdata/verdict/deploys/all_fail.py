"""An operation fails on every host."""

from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
server.shell(
    name="Restart nginx",
    commands=["echo 'nginx: [emerg] unknown directive \"serve\" in /etc/nginx/nginx.conf:7' >&2; echo 'nginx: configuration file /etc/nginx/nginx.conf test failed' >&2; exit 1"],
)
server.shell(name="Never reached", commands=["echo never"])
