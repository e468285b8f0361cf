"""One of two deploys that go on side by side. The last operation runs $LAST."""

import os

from pyinfra.operations import server

server.shell(name="Install web", commands=["sleep 0.3; echo installed"])
server.shell(name="Restart web", commands=["sleep 0.4; " + os.environ.get("LAST", "echo restarted")])
