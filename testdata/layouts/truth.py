# A deploy file: pyinfra itself runs it, by whatever launcher it has, and it writes what Python says of its packages.
import importlib.metadata as m, json, os, sys

packages = {}
for d in m.distributions():
    name = d.metadata["Name"]
    if name:
        packages.setdefault(name.lower().replace("_", "-").replace(".", "-"), m.version(name))
sites = []
for p in sys.path:
    if p.endswith("-packages") and os.path.realpath(p) not in sites:
        sites.append(os.path.realpath(p))
with open(os.environ.get("TRUTH") or "/tmp/truth.json", "w") as f:
    json.dump({"packages": packages, "python": "%d.%d.%d" % sys.version_info[:3], "prefix": os.path.realpath(sys.prefix), "sites": sites}, f)
