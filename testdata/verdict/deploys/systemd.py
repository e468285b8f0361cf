"""A service on a machine without systemd."""

from pyinfra.operations import systemd

systemd.service(name="Restart nginx", service="nginx", running=True, restarted=True)
