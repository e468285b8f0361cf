"""A Python function raises, which is ignored: this run does not fail."""

from pyinfra.operations import python, server


def check():
    raise ValueError("health check said 503")


python.call(name="Health check", function=check, _ignore_errors=True)
server.shell(name="Say bye", commands=["echo bye"])
