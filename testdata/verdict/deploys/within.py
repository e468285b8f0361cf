"""An operation runs pyinfra with another deploy, $INNER, and does not look how that ends. The last operation runs $LAST."""

import os
import subprocess

from pyinfra.operations import python, server


def inner():
    subprocess.run(["pyinfra", "-y", "@local", os.environ["INNER"]], check=os.environ.get("CHECK") == "1")


server.shell(name="Prepare the site", commands=["echo prepared"])
python.call(name="Deploy the site", function=inner)
server.shell(name="Tell the others", commands=[os.environ.get("LAST", "echo told")])
