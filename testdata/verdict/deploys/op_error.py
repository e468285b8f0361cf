"""An operation refuses to work: what should be a file is a folder."""

from pyinfra.operations import files

files.file(name="Touch", path="/tmp")
