"""An inventory as a list and as a function, for `pyinfra inventory.hosts …` and `pyinfra inventory.make …`."""

hosts = ["@local"]


def make():
    return {"hosts": hosts}
