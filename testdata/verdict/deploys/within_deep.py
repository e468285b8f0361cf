"""An operation runs pyinfra with a deploy that does so itself: within.py, with $INNER."""

import subprocess

from pyinfra.operations import python, server


def middle():
    subprocess.run(["pyinfra", "-y", "@local", "within.py"], check=False)


server.shell(name="Prepare all sites", commands=["echo prepared"])
python.call(name="Deploy all sites", function=middle)
server.shell(name="Tell everybody", commands=["echo told"])
