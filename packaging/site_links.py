"""A hook of MkDocs: links that leave docs, to code for example, lead to the repository in the site."""

import posixpath
import re
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(\]\()((?:\.\./)+[^)#\s]+)((?:#[^)\s]*)?\))")


def on_page_markdown(markdown: str, page, config, files) -> str:
    def outside(match):
        target = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page.file.src_uri), match[2]))
        if target.startswith(("docs/", "../")) or not (TOP / target).exists():
            return match[0]
        kind = "tree" if (TOP / target).is_dir() else "blob"
        return f"{match[1]}{config.repo_url.rstrip('/')}/{kind}/main/{target}{match[3]}"

    return LINK.sub(outside, markdown)
