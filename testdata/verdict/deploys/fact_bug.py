"""A fact of one's own has a bug."""

from pyinfra import host
from pyinfra.api import FactBase
from pyinfra.operations import server


class Role(FactBase):
    def command(self):
        return "echo role"

    def process(self, output):
        return output[7]


host.get_fact(Role)
server.shell(name="Say hi", commands=["echo hi"])
