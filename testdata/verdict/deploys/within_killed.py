"""An operation runs pyinfra with a deploy that takes too long, and ends it."""

import subprocess

from pyinfra.operations import python, server


def inner():
    try:
        subprocess.run(["pyinfra", "-y", "@local", "slow.py"], timeout=5)
    except subprocess.TimeoutExpired:
        print("that took too long", flush=True)


server.shell(name="Prepare the site", commands=["echo prepared"])
python.call(name="Deploy the site", function=inner)
server.shell(name="Tell the others", commands=["echo told"])
