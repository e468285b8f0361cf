"""The deploy file runs pyinfra with another one, $INNER, before any operation. The last operation runs $LAST."""

import os
import subprocess

from pyinfra.operations import server

server.shell(name="Prepare the site", commands=["echo prepared"])
subprocess.run(["pyinfra", "-y", "@local", os.environ["INNER"]], check=False)
server.shell(name="Tell the others", commands=[os.environ.get("LAST", "echo told")])
