"""Hosts that want operations in an order that cannot be."""

from pyinfra import host
from pyinfra.operations import server


def first():
    server.shell(name="First", commands=["echo 1"])


def second():
    server.shell(name="Second", commands=["echo 2"])


for step in (first, second) if host.name == "vm-00" else (second, first):
    step()
