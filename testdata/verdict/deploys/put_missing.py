"""The file to upload is not there."""

from pyinfra.operations import files

files.put(name="Upload the config", src="nope/app.conf", dest="/tmp/orbfilter-app.conf")
