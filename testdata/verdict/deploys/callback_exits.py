"""A Python function leaves the program."""

import sys

from pyinfra.operations import python, server

python.call(name="Leave", function=lambda: sys.exit(4))
server.shell(name="Say bye", commands=["echo bye"])
