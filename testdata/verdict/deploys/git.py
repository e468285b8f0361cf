"""A repository that is not there."""

from pyinfra.operations import git

git.repo(name="Check out", src="/nope/app.git", dest="/tmp/orbfilter-checkout")
