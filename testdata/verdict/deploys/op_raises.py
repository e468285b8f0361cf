"""An operation of one's own raises when it runs, on one host."""

from pyinfra import host
from pyinfra.api import OperationError, operation


@operation()
def refuse():
    if host.name in ("vm-01", "@local"):
        raise OperationError("the cluster is in maintenance mode")
    yield "echo fine"


refuse(name="Refuse")
