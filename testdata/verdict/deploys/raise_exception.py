"""The operation that raises an exception."""

from pyinfra.operations import python

python.raise_exception(NotImplementedError, "macOS is not supported", name="Check the platform")
