#!/usr/bin/env python3
"""Cleans and reports a folder of logs with orbfilter, on Spark.

    spark-submit orbfilter_job.py [--clean FOLDER] [--page FILE] [--orbfilter PROGRAM] LOGS REPORT

LOGS is a folder, of files or in a bucket, as Spark names it; the logs in it are plain, gzip or zstd, or GitHub's zip
archives. Those of a task are read by `orbfilter scan`, as they are. The reports are added up in a tree
(`orbfilter report merge`: the order makes no difference), and one is written to the file REPORT: the same as that of
`orbfilter scan --report json=REPORT LOGS`. A task that is run again writes the same bytes once more. A log that cannot
be read is named in the report and on standard error, and the rest is done; the exit code is 3 then, as scan's is.

orbfilter must be on every worker, or be sent there: spark-submit --files orbfilter, and --orbfilter ./orbfilter.
"""

import argparse
import heapq
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from urllib.parse import quote, unquote, urlparse


def program(name):
    """The program as it is found on the worker: one that was sent along lies where Spark puts it."""
    from pyspark import SparkFiles

    sent = SparkFiles.get(os.path.basename(name))
    return sent if os.path.exists(sent) else name


def scan(orbfilter, folder, shown, clean, processes):
    """Scans the logs in a folder, which lie below the name that is shown, and returns their report; None: there is no log. A log that
    cannot be read is named in it."""
    report = os.path.join(folder, ".report")
    command = [orbfilter, "scan", "-j", str(processes), "--summary", "never", "--report", "json=" + report]
    if clean:
        command += ["--output", clean]
    done = subprocess.run(command + [shown], cwd=folder, capture_output=True, text=True)
    if done.returncode == 2 and "there is no log" in done.stderr:
        return None
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"orbfilter ended with {done.returncode}: {done.stderr}")
    with open(report, encoding="utf-8") as f:
        return f.read()


def merge(orbfilter, reports):
    """Adds reports up; of none it is None."""
    reports = [r for r in reports if r]
    if len(reports) < 2:
        return reports[0] if reports else None
    with tempfile.TemporaryDirectory(prefix="orbfilter-") as folder:
        names = []
        for n, report in enumerate(reports):
            names.append(f"{n}.json")
            with open(os.path.join(folder, names[-1]), "w", encoding="utf-8") as f:
                f.write(report)
        done = subprocess.run([orbfilter, "report", "merge"] + names, cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"orbfilter report merge ended with {done.returncode}: {done.stderr}")
        return done.stdout


def shown_as(logs):
    """The folder of the logs as a name in a folder of a worker: what is given, unless that leads elsewhere."""
    name = os.path.normpath(unquote(urlparse(logs).path)).lstrip("/")
    return name if name and not name.startswith("..") and "://" not in logs and not os.path.isabs(logs) else os.path.basename(name) or "logs"


def name_of(path, top, shown):
    """The name of a log as orbfilter scan SHOWN would say it."""
    path = path if is_local(top) else unquote(urlparse(path).path)
    relative = os.path.relpath(path, unquote(urlparse(top).path))
    return os.path.normpath(os.path.join(shown, relative))


# A process takes so many bytes at a time, or one log that has more: the logs lie in a folder of the worker meanwhile.
AT_A_TIME = 256 << 20

# So many bytes are a task, if nobody says otherwise; and a log counts as so many at least.
OF_A_TASK = 128 << 20
LEAST = 64 << 10

# So many reports are added up by one process.
TOGETHER = 64


def is_local(top):
    """Whether logs are files that each worker reaches by their paths: then they are listed here, and a task opens them itself. To be handed a log by
    Spark takes about as long as to scan it, and to have it read a list as a table as long as to scan a hundred small ones."""
    return urlparse(top).scheme == "file"


class Local:
    """A log that each worker reaches by its path."""

    def __init__(self, path, length):
        self.path, self.length = path, length


def listed(top):
    """The files below a folder that orbfilter scan would look at: no links, and none that is hidden."""
    path = unquote(urlparse(top).path)
    if os.path.isfile(path):
        return [Local(path, os.path.getsize(path))]
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = [n for n in folders if not n.startswith(".")]
        for file in (os.path.join(folder, n) for n in names if not n.startswith(".")):
            about = os.lstat(file)
            if stat.S_ISREG(about.st_mode):
                found.append(Local(file, about.st_size))
    return found


def divided(logs, parts):
    """Logs in so many groups, of about the same size each."""
    groups = [[] for _ in range(max(1, min(parts, len(logs))))]
    sizes = [(0, n) for n in range(len(groups))]
    for log in sorted(logs, key=lambda l: (-l.length, l.path)):
        size, n = heapq.heappop(sizes)
        groups[n].append((log.path, log.length))
        heapq.heappush(sizes, (size + log.length + LEAST, n))
    return groups


def batches(rows):
    """Rows, as many together as one process takes."""
    batch, size = [], 0
    for row in rows:
        if batch and size + row.length > AT_A_TIME:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row.length
    if batch:
        yield batch


def put(row, folder, top, shown):
    """Puts a log into a folder, under the name that orbfilter scan would say, and with its date, which is that of a log that has none."""
    file = os.path.join(folder, name_of(row.path, top, shown))
    os.makedirs(os.path.dirname(file), exist_ok=True)
    if is_local(top):
        return link(row.path, file)
    with open(file, "wb") as f:
        f.write(row.content)
    at = row.modificationTime.timestamp()
    os.utime(file, (at, at))


def link(path, file):
    """Gives a file another name, or copies it where that cannot be: on another disk, or if it is somebody else's."""
    try:
        os.link(path, file)
    except OSError:
        shutil.copy2(path, file)


def partition(rows, orbfilter, top, shown, clean, processes, cost):
    """Scans the logs of a partition, and yields their reports. cost adds up the seconds of CPU."""
    orbfilter, before = program(orbfilter), cpu()
    for batch in batches(rows):
        with tempfile.TemporaryDirectory(prefix="orbfilter-") as folder:
            for row in batch:
                put(row, folder, top, shown)
            yield scan(orbfilter, folder, shown, clean, processes)
    cost.add(cpu() - before)


def add_up(reports, orbfilter):
    """Adds reports up in a tree. None: there is none."""
    parts = reports.getNumPartitions()
    while parts > TOGETHER:
        groups = -(-parts // TOGETHER)
        numbered = reports.mapPartitionsWithIndex(lambda n, some, groups=groups: ((n % groups, r) for r in some))
        reports = numbered.groupByKey(groups).map(lambda group: merge(program(orbfilter), list(group[1])))
        parts = groups
    return merge(program(orbfilter), reports.collect())


def cpu():
    """Seconds of CPU that this process and those that it has waited for have taken."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def local(context, top, parts):
    """The logs of a folder that each worker reaches."""
    logs = listed(top)
    parts = parts or max(context.defaultParallelism, -(-sum(max(l.length, LEAST) for l in logs) // OF_A_TASK))
    groups = divided(logs, parts)
    return context.parallelize(groups, len(groups)).flatMap(lambda group: [Local(*log) for log in group])


def remote(spark, top, parts):
    """The logs of a bucket, which Spark reads. They are divided where they are read, and not sent to another worker once more."""
    if parts:
        spark.conf.set("spark.sql.files.minPartitionNum", parts)
        spark.conf.set("spark.sql.files.openCostInBytes", LEAST)
    table = spark.read.format("binaryFile").option("recursiveFileLookup", "true").option("modifiedAfter", "1970-01-01T00:00:00")
    return table.load(top).select("path", "modificationTime", "length", "content").rdd


def main():
    parser = argparse.ArgumentParser(description="orbfilter scan, on Spark")
    parser.add_argument("logs", help="folder of logs, as Spark names it")
    parser.add_argument("report", help="file that the report is written to")
    parser.add_argument("--clean", help="folder that the clean logs are written to; each worker must reach it")
    parser.add_argument("--page", help="file that the report is written to as a page")
    parser.add_argument("--orbfilter", default="orbfilter", help="the program")
    parser.add_argument("--parts", type=int, default=0, help="into how many tasks the logs are divided; 0: as Spark does")
    parser.add_argument("--processes", type=int, default=1, help="how many logs a task reads side by side, as scan -j")
    options = parser.parse_args()

    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("orbfilter").getOrCreate()
    top = options.logs.rstrip("/")
    if "://" not in top:
        top = "file://" + quote(os.path.abspath(top))
    logs = local(spark.sparkContext, top, options.parts) if is_local(top) else remote(spark, top, options.parts)
    orbfilter, shown, clean, processes = options.orbfilter, shown_as(options.logs), options.clean and os.path.abspath(options.clean), options.processes
    cost = spark.sparkContext.accumulator(0.0)
    reports = logs.mapPartitions(lambda rows: partition(rows, orbfilter, top, shown, clean, processes, cost))
    report = add_up(reports, orbfilter)
    if report is None:
        sys.exit(f"orbfilter: there is no log in {options.logs}")
    with open(options.report, "w", encoding="utf-8") as f:
        f.write(report)
    if options.page:
        subprocess.run([program(orbfilter), "report", "show", "--report", "html=" + options.page, options.report], check=True)
    failed = [(log["name"], log["error"]) for log in json.loads(report)["logs"] if log["error"]]
    for name, error in failed:
        print(f"orbfilter: {name}: {error}", file=sys.stderr)
    print(f"orbfilter: {cost.value:.1f} s of CPU in tasks, without Spark's own", file=sys.stderr)
    spark.stop()
    sys.exit(3 if failed else 0)


if __name__ == "__main__":
    main()
