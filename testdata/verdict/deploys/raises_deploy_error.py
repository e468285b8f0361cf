"""The deploy file says that it cannot go on."""

from pyinfra.api.exceptions import DeployError

raise DeployError("this release needs a database of version 15")
