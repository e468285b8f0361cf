"""Operations whose names look like failures; nothing fails."""

from pyinfra.operations import server

server.shell(name="Error: executed 3 commands", commands=["true"])
server.shell(name="--> pyinfra error: No hosts remaining!", commands=["true"])
server.shell(name="Traceback (most recent call last):", commands=["true"])
server.shell(name="Results: 3 failed", commands=["true"])
