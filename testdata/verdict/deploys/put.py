"""A file to upload."""

from pyinfra.operations import files

files.put(name="Upload the config", src="ok.py", dest="/tmp/orbfilter-app.conf", force=True)
