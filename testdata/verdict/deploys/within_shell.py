"""A command on the host is pyinfra with another deploy, $INNER."""

import os

from pyinfra.operations import server

server.shell(name="Prepare the site", commands=["echo prepared"])
server.shell(name="Deploy the site", commands=["pyinfra -y @local " + os.environ["INNER"] + os.environ.get("OR", "")])
server.shell(name="Tell the others", commands=["echo told"])
