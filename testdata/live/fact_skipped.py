"""A fact whose command is not there, asked for while operations run."""

from pyinfra import host
from pyinfra.facts.snap import SnapPackages
from pyinfra.operations import python


def ask():
    host.get_fact(SnapPackages)


python.call(name="Asks", function=ask)
