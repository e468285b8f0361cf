"""The folder to upload to is not there."""

from io import StringIO

from pyinfra.operations import files

files.put(name="Upload the config", src=StringIO("a\n"), dest="/proc/nope/app.conf", create_remote_dir=False)
