"""Groups the lines of each file named on the command line with drain3's default settings, and writes the number
of its group for each line to FILE.groups."""

import logging
import sys

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

logging.disable(logging.CRITICAL)
for name in sys.argv[1:]:
    miner = TemplateMiner(None, TemplateMinerConfig())
    with open(name, encoding="utf-8", errors="replace", newline="\n") as lines:
        groups = [miner.add_log_message(line.rstrip("\r\n"))["cluster_id"] for line in lines]
    with open(name + ".groups", "w") as out:
        out.writelines(f"{group}\n" for group in groups)
