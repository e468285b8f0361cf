"""An inventory of one host by each connector, and one, h9, that nobody answers on: see ssh_hosts.py for the variables."""

import os

ssh = {
    "ssh_hostname": "127.0.0.1",
    "ssh_port": int(os.environ["ORBFILTER_SSH_PORT"]),
    "ssh_user": os.environ.get("ORBFILTER_SSH_USER", "root"),
    "ssh_key": os.environ["ORBFILTER_SSH_KEY"],
}
hosts = ["@local", "@orbstack/vm-00", "@orbstack/vm-01", ("h1", ssh), ("h9", {**ssh, "ssh_port": 1})]
