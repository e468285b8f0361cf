"""A Python function handles an exception and shows it, and nothing fails."""

import traceback

from pyinfra.operations import python


def check():
    try:
        raise ConnectionRefusedError(111, "Connection refused")
    except OSError:
        traceback.print_exc()


python.call(name="Health check", function=check)
