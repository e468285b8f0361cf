#!/usr/bin/env python3
"""Runs orbfilter_job.py on a cluster of two workers on this machine, kills one of them on the way, and compares the report
with that of orbfilter scan. It needs pyspark and Java; see make spark.

With --measure nobody is killed, and it says what a log costs under Spark: the CPU time of orbfilter scan -j 1 by that of
all tasks, which is how much a core does there of what it does alone.

usage: test.py [--logs N] [--runs OFEACH] [--measure] ORBFILTER CAPTURES
"""

import argparse
import gzip
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time


def write_logs(folder, captures, count, runs):
    """Writes logs of so many recorded runs at most, a third of them packed, and one that is none."""
    texts = []
    for top, _, names in sorted(os.walk(captures)):
        texts += [open(os.path.join(top, n), "rb").read() for n in sorted(names) if n.endswith(".log")]
    chance = random.Random(1)
    for n in range(count):
        to = os.path.join(folder, f"{n % 7}")
        os.makedirs(to, exist_ok=True)
        text = b"".join(chance.choice(texts) for _ in range(chance.randint(max(1, runs // 3), runs)))
        if n % 3:
            open(os.path.join(to, f"deploy-{n}.log"), "wb").write(text)
        else:
            open(os.path.join(to, f"deploy-{n}.log.gz"), "wb").write(gzip.compress(text, mtime=0))
    open(os.path.join(folder, "binary.log"), "wb").write(b"\0 is no text\n")
    for name in ("_of 100% tasks.log", ".hidden.log"):  # scan reads the first of these, and not the other, nor a link
        open(os.path.join(folder, name), "wb").write(texts[0])
    os.symlink("binary.log", os.path.join(folder, "link.log"))


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


def run_job(job, orbfilter, folder, kill):
    """Runs the job, and may kill an executor when both are there. It returns its exit code, what was killed, and what it has said."""
    os.makedirs(os.path.join(folder, "events"))
    env = dict(os.environ, PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1",
               PYSPARK_SUBMIT_ARGS="--master local-cluster[2,1,1024] --conf spark.ui.enabled=false --conf spark.executor.memory=512m "
               f"--conf spark.eventLog.enabled=true --conf spark.eventLog.compress=false --conf spark.eventLog.dir=file://{folder}/events pyspark-shell")
    with open(os.path.join(folder, "said"), "w+", encoding="utf-8", errors="replace") as said:
        parts = ["--parts", "24"] if kill else []  # so that some are done when one is killed
        process = subprocess.Popen([sys.executable, job, "--orbfilter", orbfilter] + parts + ["logs", "spark.json"], cwd=folder, env=env, stderr=said)
        killed = watch(process, kill)
        said.seek(0)
        return process.returncode, killed, said.read()


def watch(process, kill):
    """Waits for a job."""
    killed = None
    while process.poll() is None:
        time.sleep(0.2)
        there = executors(process.pid)
        if kill and killed is None and len(there) == 2:
            time.sleep(3)
            killed = there[0]
            os.kill(killed, signal.SIGKILL)
    return killed


def cost_of_tasks(folder, said):
    """Seconds of CPU of the tasks of a job: those of their Python with what it runs, and Spark's own."""
    own, total = re.search(r"orbfilter: ([\d.]+) s of CPU in tasks", said), 0.0
    for top, _, names in os.walk(os.path.join(folder, "events")):
        for name in filter(lambda n: n.startswith(("events", "local", "app-")), names):
            with open(os.path.join(top, name), encoding="utf-8") as f:
                for event in map(json.loads, f):
                    if event["Event"] == "SparkListenerTaskEnd":
                        total += event["Task Metrics"]["Executor CPU Time"] / 1e9
    return float(own.group(1)), total


def cost_of(command, folder):
    """The exit code of a command, and its seconds of CPU."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(command, cwd=folder, stderr=subprocess.DEVNULL).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return code, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_order(report):
    """A report, its keys in order."""
    return json.dumps(json.loads(report), sort_keys=True, indent=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logs", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("orbfilter")
    parser.add_argument("captures")
    options = parser.parse_args()
    orbfilter = os.path.abspath(options.orbfilter)
    job = os.path.join(os.path.dirname(os.path.abspath(__file__)), "orbfilter_job.py")
    with tempfile.TemporaryDirectory(prefix="orbfilter-spark-") as folder:
        write_logs(os.path.join(folder, "logs"), options.captures, options.logs, options.runs)
        begun = time.time()
        code, killed, said = run_job(job, orbfilter, folder, not options.measure)
        took = time.time() - begun
        if code not in (0, 3):
            sys.exit(said[-4000:])
        alone, cost = cost_of([orbfilter, "scan", "-j", "1", "--summary", "never", "--report", "json=scan.json", "logs"], folder)
        with open(os.path.join(folder, "spark.json")) as a, open(os.path.join(folder, "scan.json")) as b:
            same = in_order(a.read()) == in_order(b.read())
        own, sparks = cost_of_tasks(folder, said)
        size = sum(os.lstat(os.path.join(top, n)).st_size for top, _, names in os.walk(os.path.join(folder, "logs")) for n in names) / 1e6
    gone = f"executor {killed} was killed; " if killed else ""
    print(f"{options.logs} logs of {size:.0f} MB in {took:.0f} s; {gone}exit codes {code} and {alone}; the reports are {'the same' if same else 'different'}")
    print(f"CPU: orbfilter scan -j 1 {cost:.1f} s; tasks {own:.1f} s, and {sparks:.1f} s of Spark for them: a core does {cost / (own + sparks):.2f} of what it does alone")
    sys.exit(0 if same and (killed or options.measure) and code == alone == 3 else 1)


if __name__ == "__main__":
    main()
