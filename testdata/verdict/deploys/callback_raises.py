"""A Python function raises."""

from pyinfra.operations import python


def check():
    raise ValueError("health check said 503")


python.call(name="Health check", function=check)
