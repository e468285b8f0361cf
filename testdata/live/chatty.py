"""What pyinfra says to everybody, once a host or more: deprecations, notes on betas."""

from pyinfra.api import MaskString, operation
from pyinfra.operations import server


@operation(is_deprecated=True, deprecated_for="server.shell")
def old_shell(command):
    yield command


@operation(is_deprecated=True)
def older_shell(command):
    yield command


old_shell(name="Old", command="true")
older_shell(name="Older", command="true")
server.shell(name="Masked", commands=[MaskString("true")])
server.shell(name="As su", commands=["true"], _su_user="root", _use_su_login=True)
