"""Operations that need not run: this run does not fail."""

from pyinfra.operations import server

first = server.shell(name="First", commands=["true"])
server.shell(name="If it did not change", commands=["exit 1"], _if=first.did_not_change)
