#!/usr/bin/env python3
"""Runs orbfilter_job.py on a cluster of two workers on this machine, kills one of them on the way, and compares the report
with that of orbfilter scan. It needs pyspark and Java; see make spark.

usage: test.py [--logs N] ORBFILTER CAPTURES
"""

import argparse
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time


def write_logs(folder, captures, count):
    """Writes logs of one to three recorded runs, a third of them packed, and one that is none."""
    texts = []
    for top, _, names in sorted(os.walk(captures)):
        texts += [open(os.path.join(top, n), "rb").read() for n in sorted(names) if n.endswith(".log")]
    chance = random.Random(1)
    for n in range(count):
        to = os.path.join(folder, f"{n % 7}")
        os.makedirs(to, exist_ok=True)
        text = b"".join(chance.choice(texts) for _ in range(chance.randint(1, 3)))
        if n % 3:
            open(os.path.join(to, f"deploy-{n}.log"), "wb").write(text)
        else:
            open(os.path.join(to, f"deploy-{n}.log.gz"), "wb").write(gzip.compress(text, mtime=0))
    open(os.path.join(folder, "binary.log"), "wb").write(b"\0 is no text\n")


def executors(under):
    """The processes of executors that a process has begun, directly or not."""
    parents, found = {}, []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                parents[int(pid)] = int(f.read().rpartition(")")[2].split()[1])
            with open(f"/proc/{pid}/cmdline") as f:
                if "CoarseGrainedExecutorBackend" in f.read():
                    found.append(int(pid))
        except OSError:
            pass
    def below(pid):
        while pid and pid != under:
            pid = parents.get(pid)
        return pid == under
    return [pid for pid in found if below(pid)]


def run_job(job, orbfilter, folder):
    """Runs the job, and kills an executor when both are there. It returns its exit code and what was killed."""
    env = dict(os.environ, PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1",
               PYSPARK_SUBMIT_ARGS="--master local-cluster[2,1,1024] --conf spark.ui.enabled=false --conf spark.executor.memory=512m pyspark-shell")
    process = subprocess.Popen([sys.executable, job, "--orbfilter", orbfilter, "--parts", "24", "logs", "spark.json"], cwd=folder, env=env)
    killed = None
    while process.poll() is None:
        time.sleep(0.2)
        there = executors(process.pid)
        if killed is None and len(there) == 2:
            time.sleep(3)
            killed = there[0]
            os.kill(killed, signal.SIGKILL)
    return process.returncode, killed


def in_order(report):
    """A report, its keys in order."""
    return json.dumps(json.loads(report), sort_keys=True, indent=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logs", type=int, default=100)
    parser.add_argument("orbfilter")
    parser.add_argument("captures")
    options = parser.parse_args()
    orbfilter = os.path.abspath(options.orbfilter)
    job = os.path.join(os.path.dirname(os.path.abspath(__file__)), "orbfilter_job.py")
    with tempfile.TemporaryDirectory(prefix="orbfilter-spark-") as folder:
        write_logs(os.path.join(folder, "logs"), options.captures, options.logs)
        begun = time.time()
        code, killed = run_job(job, orbfilter, folder)
        took = time.time() - begun
        alone = subprocess.run([orbfilter, "scan", "--summary", "never", "--report", "json=scan.json", "logs"], cwd=folder, stderr=subprocess.DEVNULL).returncode
        with open(os.path.join(folder, "spark.json")) as a, open(os.path.join(folder, "scan.json")) as b:
            same = in_order(a.read()) == in_order(b.read())
    print(f"{options.logs} logs in {took:.0f} s, executor {killed} was killed; exit codes {code} and {alone}; the reports are {'the same' if same else 'different'}")
    sys.exit(0 if same and killed and code == alone == 3 else 1)


if __name__ == "__main__":
    main()
