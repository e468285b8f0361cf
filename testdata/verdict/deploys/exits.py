"""The deploy file leaves the program with an exit code."""

import sys

print("this is not the release branch")
sys.exit(3)
