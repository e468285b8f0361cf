"""Records the runs of truth.yaml, and says where they are not what it says.

usage: record.py [--venvs DIR] [--missing] [--show] [NAME…]

Each run goes to NAME.log (stdout and stderr together, through a pipe), and what pyinfra says of the same run with --json to NAME.json.
Needs PyYAML, and an sshd for the scenarios with SSH; one is started on port 2222 of the loopback address.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import yaml

here = os.path.dirname(os.path.abspath(__file__))
testdata = os.path.dirname(here)
PORT = 2222


class SSHD:
    """A server for the user who calls, with a key of its own."""

    def __init__(self, folder):
        os.chmod(folder, 0o755)  # the server reads the key as the user who comes
        self.key, config = os.path.join(folder, "id_ed25519"), os.path.join(folder, "config")
        for name in (self.key, os.path.join(folder, "host")):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name], check=True)
        with open(config, "w") as f:
            f.write(
                "Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s.pub\nPidFile none\n"
                "StrictModes no\nUsePAM no\nPasswordAuthentication no\n" % (PORT, folder, self.key)
            )
        os.makedirs("/run/sshd", exist_ok=True)
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", config], stderr=subprocess.DEVNULL)


def neutral(text, folder, home, venv):
    """What the run shows with the paths of a machine that is not this one."""
    for path, name in (
        (folder, "/home/ci/deploy"),
        (home, "/home/ci"),
        (os.path.realpath(venv), "/home/ci/deploy/.venv"),
        (venv, "/home/ci/deploy/.venv"),
        (os.path.join(testdata, "live", "orbctl"), "/usr/local/bin/orbctl"),
    ):
        text = text.replace(path.encode(), name.encode())
    text = re.sub(rb"/[^\s\"':]*/versions/3\.(\d+)\.\d+/lib/", rb"/usr/local/lib/", text)
    return text


def environment(scenario, folder, home, venv, key):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "ORB", "PYINFRA", "CI", "SSH_", "VIRTUAL"))}
    env.update(
        HOME=home,
        PATH=":".join([os.path.join(venv, "bin"), os.path.join(testdata, "live"), "/usr/local/bin:/usr/bin:/bin"]),
        ORBCTL_MACHINES="3",
        PYINFRA_FAKE_DELAY="0",
        PYINFRA_FAKE_DELAY_JITTER="0",
        ORBFILTER_SSH_PORT=str(PORT),
        ORBFILTER_SSH_USER="root",
        ORBFILTER_SSH_KEY=key,
        LC_ALL="C.UTF-8",
    )
    return env


def run(scenario, venvs, key, as_json):
    venv = os.path.join(venvs, scenario.get("venv", "gevent-25.9.1"))
    with tempfile.TemporaryDirectory() as top:
        folder, home = os.path.join(top, "deploy"), os.path.join(top, "home")
        shutil.copytree(os.path.join(here, "deploys"), folder)
        shutil.copy(os.path.join(here, "at.py"), folder)
        shutil.copy(os.path.join(testdata, "live", "record.py"), folder)
        os.makedirs(os.path.join(home, ".ssh"))
        shutil.copy(key, os.path.join(home, "id_ed25519"))
        with open(os.path.join(home, ".ssh", "known_hosts"), "w") as f:
            with open(os.path.join(os.path.dirname(key), "host.pub")) as pub:
                f.write("[127.0.0.1]:%d %s\n" % (PORT, " ".join(pub.read().split()[:2])))
        env = environment(scenario, folder, home, venv, os.path.join(home, "id_ed25519"))
        script = scenario["run"]
        if as_json:
            script = re.sub(r"\bpyinfra (?=-|@|\w)", "pyinfra --json ", script)
        p = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if as_json else subprocess.STDOUT,
            timeout=120,
        )
        return p.returncode, neutral(p.stdout, folder, home, venv)


def results(out):
    """What pyinfra --json says of the operations and hosts that failed, of each run in the stream."""
    found = []
    for line in out.decode("utf-8", "replace").splitlines():
        if line.startswith('{"plan"'):
            found.append(json.loads(line)["results"])
    return found


def problems(scenario, code, log, found):
    """Where the run is not what truth.yaml says."""
    wanted = scenario.get("exit")
    if code != wanted:
        yield "exit code %d, not %d" % (code, wanted)
    if scenario.get("reason", "") not in log.decode("utf-8", "replace"):
        yield "the reason is nowhere in it"
    for host in scenario.get("hosts", []):
        if host not in log.decode("utf-8", "replace"):
            yield "%s is nowhere in it" % host
    if not found or scenario.get("lies"):
        return
    failed = {h for r in found for h in r["failed_hosts"]}
    error = {"%s: %s" % (h, o["name"]) for r in found for o in r["operations"] for h in o["error"]}
    if failed != set(scenario.get("hosts", [])):
        yield "pyinfra says that these hosts failed: %s" % sorted(failed)
    for operation in scenario.get("operations", []):
        if operation not in error:
            yield "pyinfra does not say that this failed: %s" % operation


def record(scenario, args, key):
    name = os.path.join(here, scenario["name"])
    code, log = run(scenario, args.venvs, key, False)
    with open(name + ".log", "wb") as f:
        f.write(log)
    found = []
    if scenario.get("json", True):
        json_code, out = run(scenario, args.venvs, key, True)
        found = [r for r in results(out) if r]
        if json_code != code:
            print("%s: with --json the exit code is %d, not %d" % (scenario["name"], json_code, code))
    if os.path.exists(name + ".json"):
        os.remove(name + ".json")
    if found:
        with open(name + ".json", "w") as f:
            json.dump(found, f, ensure_ascii=False, indent=1)
            f.write("\n")
    return scenario, log, list(problems(scenario, code, log, found))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--venvs", default=os.path.join(os.path.dirname(testdata), ".venvs"))
    parser.add_argument("--missing", action="store_true", help="only the runs that have no log yet")
    parser.add_argument("--show", action="store_true", help="print the logs, too")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    with open(os.path.join(here, "truth.yaml")) as f:
        scenarios = [s for s in yaml.safe_load(f) if not args.names or s["name"] in args.names]
    if args.missing:
        scenarios = [s for s in scenarios if not os.path.exists(os.path.join(here, s["name"] + ".log"))]
    with tempfile.TemporaryDirectory() as folder:
        sshd = SSHD(folder)
        try:
            time.sleep(0.3)
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                for scenario, log, wrong in pool.map(lambda s: record(s, args, sshd.key), scenarios):
                    for problem in wrong:
                        print("%s: %s" % (scenario["name"], problem), flush=True)
                    if args.show:
                        print("=" * 10, scenario["name"])
                        print(log.decode("utf-8", "replace"))
        finally:
            sshd.process.kill()


main()
