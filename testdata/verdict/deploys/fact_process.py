"""What a fact got cannot be read."""

from pyinfra import host
from pyinfra.api import FactBase
from pyinfra.api.exceptions import FactProcessError
from pyinfra.operations import server


class Role(FactBase):
    def command(self):
        return "echo role=42"

    def process(self, output):
        raise FactProcessError("role is no word: 42")


host.get_fact(Role)
server.shell(name="Say hi", commands=["echo hi"])
