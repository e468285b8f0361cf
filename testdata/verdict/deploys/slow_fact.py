"""A fact that takes long."""

from pyinfra import host
from pyinfra.facts.server import Command

host.get_fact(Command, "sleep 20")
