"""Not the command line but the API: a program of one's own."""

import logging

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.operations import server

logging.basicConfig(level=logging.INFO, format="%(message)s")
state = State(Inventory((["@local"], {})), Config())
connect_all(state)
add_op(state, server.shell, name="Restart nginx", commands=["echo 'nginx: configuration file /etc/nginx/nginx.conf test failed' >&2; exit 1"])
run_ops(state)
