"""What a fact needs is not there, when an operation asks for it."""

from pyinfra import host
from pyinfra.api import FactBase, operation


class Role(FactBase):
    def check_preconditions(self, state, host):
        return "the module zfs is not loaded"

    def command(self):
        return "echo role"


@operation()
def by_role():
    host.get_fact(Role)
    yield "echo fine"


by_role(name="By role")
