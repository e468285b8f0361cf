"""The deploy file itself talks of errors, and nothing fails."""

import traceback

from pyinfra import logger
from pyinfra.operations import server

try:
    {}["port"]
except KeyError:
    traceback.print_exc()
print("Error: no port is configured, 80 is taken")
logger.error("the old release is still there")
logger.warning("Error: this is a warning")
server.shell(name="Say hi", commands=["echo hi"])
