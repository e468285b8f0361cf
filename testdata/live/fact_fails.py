"""A fact that cannot be had."""

from pyinfra import host
from pyinfra.facts.server import Command

host.get_fact(Command, "exit 3")
