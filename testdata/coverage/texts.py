"""Write what pyinfra can print when something goes wrong, one JSON object a line.

    texts.py FOLDER NAME=VERSION...

FOLDER holds the packages NAME (a folder of Python files). Nothing of them is run: the
texts are read from their syntax trees. An object has

    package, version, file, line   where the text stands
    how      what prints it: the class that is raised, the level that is logged, echo, print
    text     the text, with a word in place of what is known at run time only
    dress    the text as pyinfra prints it: each form in which it may come
    left     why it is left out, in a word that coverage.md explains; "": it is not
"""

import ast
import json
import pathlib
import re
import sys

# What an expression is likely to be at run time, by the last name in it.
SAMPLES = {
    "print_prefix": "[web] ", "e": "it went wrong", "exception": "it went wrong", "retry_error": "it went wrong",
    "timeout": "5", "hostname": "web", "host": "web", "name": "web", "stderr": "it went wrong", "output": "it went wrong",
    "line": "it went wrong", "FAIL_PERCENT": "10", "percent_failed": "50", "filename": "deploy.py", "lineno": "3",
    "attempt": "0", "max_retries": "3", "delay": "2.0", "vm_name": "web", "mode": "600", "remote_filename": "/etc/motd",
    "temp_remote": "/tmp/f", "elapsed": "0.31", "tries": "1", "retry_attempt": "1", "retries": "2", "retry_delay": "5",
    "op_name": "vm_create", "executed_commands": "0", "status": "1", "code": "1", "key": "name", "inventory": "web",
    "PARALLEL": "100", "nofile_limit": "20", "ptype": "30", "chanid": "1", "count": "1", "path": "/tmp/f", "command": "id",
    "func": "server.shell", "warning_count": "1", "__name__": "pyinfra", "method": "telnet", "option_name": "--limit", "int": "50", "args": "(104, 'Connection reset by peer')",
}
CAUGHT = {
    "CalledProcessError": "Command '['orbctl', 'info', 'web']' returned non-zero exit status 1.",
    "SSHException": "Negotiation failed.", "gaierror": "[Errno -2] Name or service not known", "EOFError": "",
    "OSError": "[Errno None] Unable to connect to port 22 on 10.0.0.1", "AuthenticationException": "Authentication failed.",
}
ERROR_NAMES = {"OSError": OSError, "IOError": OSError}


def word(name):
    return SAMPLES.get(name, name.strip("_") or "x")


class Reader:
    """The texts of one package."""

    def __init__(self, root, package, version):
        self.root, self.package, self.version = root, package, version
        self.bases, self.found, self.helpers, self.trees, self.inits = {}, [], {}, {}, {}

    def read(self):
        for path in sorted((self.root / self.package).rglob("*.py")):
            name = path.relative_to(self.root).as_posix()
            tree = ast.parse(path.read_text())
            self.trees[name] = tree
            for node in ast.walk(tree):
                for child in ast.iter_child_nodes(node):
                    child.parent = node
                if isinstance(node, ast.ClassDef):
                    self.bases[node.name] = [last(b) for b in node.bases]
                    self.inits.update(own_message(node))
        for name, tree in self.trees.items():
            self.helpers.update(helpers(tree))
        for name, tree in self.trees.items():
            for node in ast.walk(tree):
                self.look(name, node)
        return self.found

    def look(self, file, node):
        if isinstance(node, ast.Raise) and node.exc is not None:
            self.raised(file, node)
        elif isinstance(node, ast.Call):
            self.called(file, node)

    def raised(self, file, node):
        exc = node.exc
        if not isinstance(exc, ast.Call):  # a class alone, or one that was caught
            cls = last(exc)
            if cls in self.bases or cls.endswith("Error"):
                self.add(file, node, "raise " + cls, "", cls)
            return
        cls = last(exc.func)
        inside = enclosing(node)
        if inside is not None and inside.name in self.helpers:
            return  # its callers say what it is
        text = render(exc.args[0], node) if exc.args else ""
        if cls in self.inits:
            params, message = self.inits[cls]
            text = render(message, node, dict(zip(params, exc.args)))
        self.add(file, node, "raise " + cls, text, cls)

    def called(self, file, node):
        name = last(node.func)
        if name in self.helpers:
            params, cls, message = self.helpers[name]
            given = dict(zip(params, node.args))
            given.update({k.arg: k.value for k in node.keywords})
            text = render(message, node, given)
            real = given.get(cls)
            cls = last(real) if real is not None else cls
            self.add(file, node, "raise " + cls, text, cls)
        elif name in ("warning", "error", "critical", "exception") and "log" in last(node.func.value) if isinstance(node.func, ast.Attribute) else False:
            text = render(node.args[0], node, fill=node.args[1:]) if node.args else ""
            if text == "rows" or text == "row":
                return
            self.add(file, node, "log " + name, text, None)
        elif name in ("log_styled", "log"):
            level = next((last(k.value) for k in node.keywords if k.arg == "log_func"), None)
            if level in ("warning", "error"):
                self.add(file, node, "log " + level, "[web] " + render(node.args[0], node), None)
        elif name == "_log" and len(node.args) >= 2:  # paramiko's
            if last(node.args[0]) in ("WARNING", "ERROR", "CRITICAL"):
                self.add(file, node, "log " + last(node.args[0]).lower(), render(node.args[1], node), None)
        elif name in ("echo", "secho") and node.args:
            self.add(file, node, "echo", render(node.args[0], node), None)
        elif name == "print" and node.args:
            self.add(file, node, "print", render(node.args[0], node), None)
        elif name == "OutputLine" and len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
            if node.args[0].value == "stderr":
                self.add(file, node, "stderr", render(node.args[1], node), None)

    def is_a(self, cls, base):
        return cls == base or any(self.is_a(b, base) for b in self.bases.get(cls, []))

    def add(self, file, node, how, text, cls):
        one = {"package": self.package, "version": self.version, "file": file, "line": node.lineno, "how": how, "text": text}
        one["left"] = left(self, file, node, how, text, cls)
        one["dress"] = [] if one["left"] else dress(self, file, how, text, cls)
        if not one["left"] and not one["dress"]:
            one["left"] = "caught"
        self.found.append(one)


def last(node):
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call):
        return last(node.func)
    if isinstance(node, ast.Subscript):
        return "e" if last(node.value) == "args" else last(node.value)
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.BinOp):
        return last(node.left)
    return "x"


def enclosing(node):
    while hasattr(node, "parent"):
        node = node.parent
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return node
    return None


def helpers(tree):
    """Functions whose parameters make the message of what they raise at their end."""
    out = {}
    for f in ast.walk(tree):
        if not isinstance(f, ast.FunctionDef) or len(f.body) > 4:
            continue
        params = [a.arg for a in f.args.args]
        for r in ast.walk(f):
            if isinstance(r, ast.Raise) and isinstance(r.exc, ast.Call) and r.exc.args:
                message = r.exc.args[0]
                if isinstance(message, ast.Name):
                    message = assigned(message.id, f) or message
                used = {n.id for n in ast.walk(message) if isinstance(n, ast.Name)}
                if used & set(params) and "self" not in params and f.name.lstrip("_").startswith("raise_"):
                    out[f.name] = (params, last(r.exc.func), message)
    return out


def own_message(cls):
    """The message that a class of exceptions makes of what it is given."""
    for f in cls.body:
        if isinstance(f, ast.FunctionDef) and f.name == "__init__":
            for c in ast.walk(f):
                if isinstance(c, ast.Call) and last(c.func) == "__init__" and c.args and isinstance(c.args[0], ast.JoinedStr):
                    return {cls.name: ([a.arg for a in f.args.args[1:]], c.args[0])}
    return {}


def assigned(name, scope):
    """What a name is given in a function, the last time in it; None: it is not."""
    found = None
    for n in ast.walk(scope):
        if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in n.targets):
            found = n.value
        if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name) and n.target.id == name:
            found = None
    return found


def render(node, at, given=None, fill=(), depth=0):
    """The text of an expression, with samples in place of what is not known."""
    given = given or {}
    if isinstance(node, ast.Constant):
        text = str(node.value)
        for a in fill:
            text = re.sub(r"%[sridf]", lambda _: render(a, at, given, depth=depth + 1), text, count=1)
        return text
    if isinstance(node, ast.JoinedStr):
        return "".join(render(v, at, given, depth=depth + 1) for v in node.values)
    if isinstance(node, ast.FormattedValue):
        return render(node.value, at, given, depth=depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        if isinstance(node.left, ast.Name | ast.Attribute) and isinstance(node.right, ast.Constant) and isinstance(node.right.value, int):
            return "1"
        return render(node.left, at, given, depth=depth + 1) + render(node.right, at, given, depth=depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return render(node.left, at, given, fill=values, depth=depth + 1)
    if isinstance(node, ast.Call):
        return call(node, at, given, depth)
    if isinstance(node, ast.IfExp):
        return render(node.body, at, given, depth=depth + 1)
    if isinstance(node, ast.Name):
        caught = handler(at, node.id)
        if caught:
            return caught
        if node.id in given:
            return render(given[node.id], at, {}, depth=depth + 1)
        scope = enclosing(at)
        value = assigned(node.id, scope) if scope is not None and depth < 6 and node.id not in SAMPLES else None
        return render(value, at, given, depth=depth + 1) if value is not None else word(node.id)
    return word(last(node))


def handler(node, name):
    """What an exception says that a handler around a node has caught as name; "": none has."""
    while hasattr(node, "parent"):
        node = node.parent
        if isinstance(node, ast.ExceptHandler) and node.name == name:
            types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            return CAUGHT.get(last(types[0]), "it went wrong")
    return ""


def call(node, at, given, depth):
    name = last(node.func)
    if name == "format" and isinstance(node.func, ast.Attribute):
        text = render(node.func.value, at, given, depth=depth + 1)
        for i, a in enumerate(node.args):
            value = render(a, at, given, depth=depth + 1)
            text = re.sub(r"\{%d?(?:![rs])?(?::[^}]*)?\}" % i if "{%d" % i in text else r"\{(?:![rs])?(?::[^}]*)?\}", lambda _: value, text, count=1)
        for k in node.keywords:
            text = text.replace("{%s}" % k.arg, render(k.value, at, given, depth=depth + 1))
        return text
    if name == "join" and node.args:
        return word(last(node.args[0]))
    if name in ("format_text", "style", "bold", "str", "repr") and node.args:
        return render(node.args[0], at, given, depth=depth + 1)
    if name == "format_exception" and len(node.args) == 1:
        return "SSHException('it went wrong',)"
    if name == "format_exc":
        return "Traceback (most recent call last):"
    return word(name)


# Why a text is left out: the first line that holds. A test is given the package, the
# file below it, how the text is printed, the text itself, and the class that is raised.
LEFT = (
    ("shape", lambda p, f, how, text, cls: p == "pyinfra_cli" and f in ("exceptions.py", "log.py") and not text.startswith("--> The full")),
    ("headers", lambda p, f, how, text, cls: how == "echo" and text.startswith("--> ") and "traceback has been" not in text),
    ("host", lambda p, f, how, text, cls: how == "stderr" and text == "it went wrong" or text == "[web] it went wrong"),
    ("again", lambda p, f, how, text, cls: how.startswith("log") and (text.startswith("Traceback") or text == "tb_strings")),
    ("again", lambda p, f, how, text, cls: text in ("it went wrong", "[web] it went wrong") and (f == "api/host.py" or f.startswith("connectors/") and cls == "ConnectError")),
    ("unreachable", lambda p, f, how, text, cls: "Command IO error" in text),
    ("protocol", lambda p, f, how, text, cls: p == "paramiko" and how.startswith("log") and re.match(r"unknown extended_data|Success for unrequested|Oops, unhandled|Channel request for unknown", text)),
    ("output", lambda p, f, how, text, cls: how == "echo" and not FAILURE.search(text) or text.strip() == ""),
    ("output", lambda p, f, how, text, cls: how == "print" and not re.match(r"(?:Error|Warning|Unexpected error|Network error|Command )", text)),
    ("advice", lambda p, f, how, text, cls: how == "log warning" and p.startswith("pyinfra") and not FAILURE.search(text)),
    ("interface", lambda p, f, how, text, cls: cls in ("NotImplementedError", "SystemExit", "Exit") and not text),
    ("interface", lambda p, f, how, text, cls: cls == "AttributeError" and "has no" in text),
    ("unused", lambda p, f, how, text, cls: f.startswith(("api/metadata", "connectors/fake"))),
    ("server", lambda p, f, how, text, cls: p == "paramiko" and ("server" in f or "Auth rejected" in text or f in ("sftp_si.py", "sftp_handle.py") or "server-side" in text)),
    ("caught", lambda p, f, how, text, cls: p == "paramiko" and how.startswith("raise") and cls not in SSH_ERRORS),
)
SSH_ERRORS = ("SSHException", "AuthenticationException", "PasswordRequiredException", "ChannelException")
# A warning, or what is printed otherwise, that tells of something that has failed.
FAILURE = re.compile(r"-->|is neither an inventory file|HAS CHANGED|[Ee]xception|[Cc]ould not|[Ff]ailed|Unexpected|[Ee]rror|No host |open files limit|user request")


def left(reader, file, node, how, text, cls):
    base = file.split("/", 1)[1]
    return next((why for why, holds in LEFT if holds(reader.package, base, how, text, cls)), "")


KINDS = (("ConnectorDataTypeError", "Connector data type error"), ("ArgumentTypeError", "Argument type error"), ("OperationError", "Operation error"), ("PyinfraError", "pyinfra error"))


def dress(reader, file, how, text, cls):
    """The forms in which a text is printed."""
    text = text.rstrip("\n")
    if how.startswith("raise"):
        return dress_raised(reader, file, text, cls)
    if how == "stderr":
        return ["    [web] " + text]
    if how.startswith("log"):
        if not reader.package.startswith("pyinfra") or reader.package == "pyinfra_orbstack":  # logging.lastResort
            return [text.replace("Socket exception: x", "Socket exception: Connection reset by peer (104)")]
        return [text if text.startswith("-->") else "    " + text]
    return [text]


def dress_raised(reader, file, text, cls):
    base = file.split("/", 1)[1]
    if reader.package == "paramiko":
        if cls in ("AuthenticationException", "PasswordRequiredException"):
            return [f"    [web] Authentication error (username=deploy) ({text})"]
        return [f"    [web] SSH error ({text})", f"    [web] Command socket/SSH error: {cls}({text!r},)"]
    if reader.is_a(cls, "ConnectError"):
        return ["    [web] " + text, "--> pyinfra error in src/gevent/greenlet.py line 912: " + text]
    if cls == "CliError":
        return ["--> pyinfra error: " + text]
    if reader.version.startswith("2.") and reader.is_a(cls, "PyinfraError"):  # which knows one kind
        return [f"--> pyinfra error: {text}", f"--> [web] pyinfra error (operation=Server/Shell): {text}"]
    for base_cls, kind in KINDS:
        if reader.is_a(cls, base_cls):
            return [f"--> {kind}: {text}", f"--> {kind} in deploy.py line 3: {text}"]
    if reader.is_a(cls, "SSHException") or cls == "SCPException":
        return [f"    [web] SSH error ({text})", f"    [web] Command socket/SSH error: {cls}({text!r},)"]
    if cls in ERROR_NAMES and base.startswith("connectors/"):
        return [f"    [web] Command socket/SSH error: OSError({text!r},)"]
    if cls in ("UnexpectedExternalError", "UnexpectedInternalError", "WrappedError"):
        return internal(text, cls) if cls == "UnexpectedInternalError" else ["--> An exception occurred in: deploy.py:\n\nTraceback (most recent call last):\n  File \"deploy.py\", line 3, in <module>\nValueError: it went wrong\n"] if cls == "UnexpectedExternalError" else ["--> unknown error: it went wrong"]
    if "wait_and_reconnect" in text or "reboot" in text:
        return [f"    [web] Unexpected error in Python callback: {cls}({text!r},)"]
    return internal(text, cls)


def internal(text, cls):
    cls = {"IOError": "OSError"}.get(cls, cls)
    end = f"{cls}: {text}" if text else cls
    frame = '  File "/home/ci/deploy/.venv/lib/python3.12/site-packages/pyinfra/api/host.py", line 9, in call\n    raise it\n'
    return [f"--> An internal exception occurred:\n\n{frame}{end}\n\n--> The full traceback has been written to pyinfra-debug.log",
            f"--> An exception occurred in: deploy.py:\n\nTraceback (most recent call last):\n{frame}{end}\n"]


def main():
    root = pathlib.Path(sys.argv[1])
    for arg in sys.argv[2:]:
        name, version = arg.split("=")
        for one in Reader(root, name, version).read():
            print(json.dumps(one))


if __name__ == "__main__":
    main()
