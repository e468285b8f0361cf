"""An operation shows a file, $OLD, with what pyinfra said of another run. The last operation runs $LAST."""

import os
import subprocess

from pyinfra.operations import python, server


def show():
    subprocess.run(["cat", os.environ["OLD"]], check=True)


server.shell(name="Prepare the site", commands=["echo prepared"])
if os.environ.get("SHELL_SHOWS") == "1":
    server.shell(name="Show the last log", commands=["cat " + os.environ["OLD"]])
else:
    python.call(name="Show the last log", function=show)
server.shell(name="Tell the others", commands=[os.environ.get("LAST", "echo told")])
