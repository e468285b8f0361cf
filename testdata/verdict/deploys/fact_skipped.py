"""The program that a fact needs is not there; pyinfra warns: this run does not fail."""

from pyinfra import host
from pyinfra.api import FactBase, operation


class Role(FactBase):
    def requires_command(self):
        return "no-such-program"

    def command(self):
        return "no-such-program"


@operation()
def by_role():
    host.get_fact(Role)
    yield "echo fine"


by_role(name="By role")
