"""Puts the program, its man pages and its completions into the wheel, and names the platform that it is for.

The environment tells what: ORBFILTER_PROGRAM (the file), ORBFILTER_SHARE (what packaging/share.sh has written),
ORBFILTER_TAG (the wheel's tags, such as py3-none-win_amd64).
"""

import os
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPLETIONS = {
    "orbfilter.bash": "share/bash-completion/completions/orbfilter",
    "_orbfilter": "share/zsh/site-functions/_orbfilter",
    "orbfilter.fish": "share/fish/vendor_completions.d/orbfilter.fish",
}


class Program(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:
        program, share = Path(os.environ["ORBFILTER_PROGRAM"]), Path(os.environ["ORBFILTER_SHARE"])
        build_data["pure_python"] = False
        build_data["tag"] = os.environ["ORBFILTER_TAG"]
        build_data["shared_scripts"][str(program)] = program.name
        if program.suffix == ".exe":
            return  # Windows has no place for man pages, nor for these completions
        for page in sorted((share / "man").iterdir()):
            build_data["shared_data"][str(page)] = f"share/man/man1/{page.name}"
        for name, place in COMPLETIONS.items():
            build_data["shared_data"][str(share / "completions" / name)] = place
