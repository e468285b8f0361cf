"""Fails on vm-01 only: the deploy goes on with the others."""

from pyinfra import host
from pyinfra.operations import server

server.shell(name="Say hi", commands=["echo hi"])
server.shell(name="Fail on one", commands=["test %s != vm-01 || { echo the real reason >&2; exit 3; }" % host.name])
server.shell(name="Go on", commands=["echo on"])
