"""Attacks that reach for what is outside: files, processes, the network, the kernel."""

import os
from pathlib import Path

from tests.nbgrader_sandbox.hostile.attack import Attack, theme

SAY = 'def say(*found):\n    print("STOL" + "EN:", *[str(one)[:200] for one in found])\n'


def links(folder: Path) -> None:
    """Symbolic links to what a student must not read or write."""
    course = folder.parents[2]
    for name, target in (
        ("gradebook.db", course / "gradebook.db"),
        ("answers.py", course / "lib" / "kit_ref" / "answers.py"),
        ("source", course / "source"),
        ("passwd", Path("/etc/passwd")),
        ("home", Path.home()),
        ("loop", folder / "loop"),
    ):
        (folder / name).symlink_to(target)


def link_as_notebook(folder: Path) -> None:
    """The notebook is a link to the instructor's."""
    notebook = folder / "parts.ipynb"
    notebook.unlink()
    notebook.symlink_to(folder.parents[2] / "source" / "01-parts" / "parts.ipynb")


def hard_link(folder: Path) -> None:
    """A hard link, which looks like a plain file."""
    os.link(folder.parents[2] / "nbgrader_config.py", folder / "config.txt")


def pipes(folder: Path) -> None:
    """Named pipes and a device in the places of files."""
    os.mkfifo(folder / "data.txt")
    os.mkfifo(folder / "timestamp.txt")
    if os.geteuid() == 0:
        os.mknod(folder / "zero", 0o666 | 0o020000, os.makedev(1, 5))


def pipe_as_notebook(folder: Path) -> None:
    """The notebook is a named pipe."""
    notebook = folder / "parts.ipynb"
    notebook.unlink()
    os.mkfifo(notebook)


def folder_as_notebook(folder: Path) -> None:
    """The notebook is a folder, and folders go down for long."""
    notebook = folder / "parts.ipynb"
    notebook.unlink()
    notebook.mkdir()
    (notebook / "inner.txt").write_text("x", encoding="utf-8")
    deep = folder
    for _ in range(100):
        deep = deep / "deep"
    deep.mkdir(parents=True)


def many_files(folder: Path) -> None:
    """3,000 files, and one of 60 MB that takes no room."""
    (folder / "many").mkdir()
    for k in range(3000):
        (folder / "many" / f"{k}.txt").touch()
    with (folder / "large.bin").open("wb") as file:
        file.truncate(60_000_000)


READ = "forbidden-path"

ESCAPES = theme(
    "escapes",
    Attack(
        "reads-gradebook",
        "reads the gradebook, the secret and other submissions",
        SAY
        + """
import glob, os
for pattern in ("@COURSE@/gradebook.db", "@COURSE@/secret", "@COURSE@/submitted/*/*/*.ipynb",
                "@COURSE@/source/*/*", "@COURSE@/nbgrader_config.py", "../../*/*/*.ipynb",
                "../../../gradebook.db", "../../../source/*/*.ipynb"):
    for path in glob.glob(pattern):
        try:
            say(path, open(path, "rb").read(20))
        except OSError:
            pass
try:
    open("@COURSE@/gradebook.db", "rb")
except OSError:
    pass
""",
        evidence=(READ,),
    ),
    Attack(
        "writes-gradebook",
        "gives itself and nobody else points in the gradebook",
        """
import sqlite3
base = sqlite3.connect("@COURSE@/gradebook.db", timeout=2)
for change in ("update grade_cells set max_score = 99",
               "update grade set auto_score = 12, manual_score = 12"):
    try:
        base.execute(change)
    except sqlite3.Error as error:
        print(error)
base.commit()
""",
    ),
    Attack(
        "writes-submissions",
        "overwrites other submissions, tests, configuration and autograded copies",
        """
import glob, os
for path in [*glob.glob("@COURSE@/submitted/*/*/*"), *glob.glob("@COURSE@/release/*/*"),
             *glob.glob("@COURSE@/autograded/*/*/*"), "@COURSE@/nbgrader_config.py",
             "@COURSE@/BROKEN-@NAME@", "@COURSE@/lib/kit_ref/answers.py"]:
    try:
        with open(path, "a") as f:
            f.write("x")
    except OSError:
        pass
""",
    ),
    Attack(
        "removes-all",
        "removes what it may of the course, the home and the system",
        """
import shutil
for path in ("@COURSE@/submitted", "@COURSE@/autograded", "@COURSE@/source", "/public", "/engine"):
    shutil.rmtree(path, ignore_errors=True)
""",
        stock=True,
    ),
    Attack(
        "fills-all",
        "writes files wherever one can be written",
        """
import os
for folder in ("/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/etc", "/usr/lib", "@COURSE@",
               os.path.dirname(os.__file__), os.path.dirname(np.__file__), os.path.expanduser("~"),
               "/work", "/root", "/home"):
    try:
        with open(os.path.join(folder, "BROKEN-@NAME@"), "w") as f:
            f.write("x")
    except OSError:
        pass
""",
    ),
    Attack(
        "hidden-tests-in-source",
        "reads the hidden tests and shows them",
        SAY
        + """
import glob
for path in glob.glob("@COURSE@/source/*/*.ipynb") + glob.glob("@COURSE@/autograded/*/*/*.ipynb"):
    text = open(path).read()
    at = text.find("ROWS_NOBODY" + "_HAS_SEEN")
    if at >= 0:
        say(text[at : at + 100])
""",
    ),
    Attack(
        "other-processes",
        "reads other processes: arguments, variables, open files, memory",
        SAY
        + """
import os
me = os.getpid()
for pid in os.listdir("/proc"):
    if pid.isdigit() and int(pid) != me:
        for name in ("environ", "maps"):
            try:
                found = open(f"/proc/{pid}/{name}", "rb").read(2000)
            except OSError:
                continue
            if b"@COURSE@" in found or b"nbgrader" in found:
                say(pid, name)
        try:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                if "@COURSE@" in os.readlink(f"/proc/{pid}/fd/{fd}"):
                    say(pid, fd)
        except OSError:
            pass
""",
    ),
    Attack(
        "environment",
        "reads the environment, also as it was when the process began",
        SAY
        + """
import os
found = str(dict(os.environ)) + open("/proc/self/environ", errors="replace").read()
if "@COURSE@" in found or "HOSTILE_CANARY" in found:
    say(found[:100])
""",
    ),
    Attack(
        "home-and-keys",
        "reads homes, keys and tokens",
        SAY
        + """
import glob, os
for home in {os.path.expanduser("~"), "/root", *glob.glob("/home/*"), "@HOME@"}:
    for path in glob.glob(home + "/.*") + glob.glob(home + "/.ssh/*"):
        if not path.startswith(os.getcwd()) and os.path.basename(path) not in (".ipython", ".cache",
           ".config", ".local", ".matplotlib", ".pyenv", ".", ".."):
            say(path)
for path in ("/etc/shadow", "/etc/ssh/ssh_host_rsa_key"):
    if os.access(path, os.R_OK):
        say(path)
""",
    ),
    Attack(
        "links",
        "links beside the notebook",
        SAY
        + """
import glob
for path in ("gradebook.db", "answers.py", "passwd", "source/01-parts/parts.ipynb"):
    try:
        say(open(path, "rb").read(30))
    except OSError:
        pass
""",
        files=links,
    ),
    Attack(
        "link-as-notebook", "the notebook is a link to the instructor's", files=link_as_notebook
    ),
    Attack("hard-link", "a hard link to the configuration", files=hard_link),
    Attack("pipes", "named pipes in the places of files", files=pipes),
    Attack("pipe-as-notebook", "the notebook is a named pipe", files=pipe_as_notebook),
    Attack("folder-as-notebook", "the notebook is a folder", files=folder_as_notebook),
    Attack("many-files", "3,000 files and a large one", files=many_files),
    Attack(
        "network",
        "connects to a server on this machine, by IPv4, IPv6 and UDP",
        """
import socket
for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", @PORT@)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", @PORT@)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::1", @PORT@)),
):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(1)
            s.connect(address)
            s.send(b"hidden")
    except OSError:
        pass
""",
        evidence=("network",),
    ),
    Attack(
        "network-names",
        "asks for names and pages",
        "import socket, urllib.request\n"
        "for call in (lambda: socket.getaddrinfo('example.org', 80),\n"
        "             lambda: urllib.request.urlopen('http://127.0.0.1:@PORT@/x', timeout=1)):\n"
        "    try:\n        call()\n    except OSError:\n        pass",
        evidence=("network",),
    ),
    Attack(
        "unix-sockets",
        "connects to sockets of the machine: Docker's, the session's, the test's",
        """
import glob, socket
places = ["/var/run/docker.sock", "/run/systemd/private", "@COURSE@/listener.sock"]
places += glob.glob("/tmp/**/*.sock", recursive=True) + glob.glob("/run/**/*", recursive=True)
for path in places:
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(1)
            s.connect(path)
            s.send(b"hidden")
    except OSError:
        pass
for name in open("/proc/net/unix").read().split():
    if name.startswith("@"):
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(1)
                s.connect(chr(0) + name[1:])
                s.send(b"hidden")
        except OSError:
            pass
""",
    ),
    Attack(
        "starts-programs",
        "starts programs in all ways that there are",
        SAY
        + """
import os, subprocess, sys
for call in (
    lambda: subprocess.run(["id"], capture_output=True).stdout,
    lambda: os.popen("id").read(),
    lambda: subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True),
    lambda: os.posix_spawn("/bin/sleep", ["sleep", "987654"], {}),
    lambda: os.system("sleep 987654 &"),
    lambda: subprocess.Popen(["sleep", "987654"], start_new_session=True),
):
    try:
        call()
    except Exception:
        pass
get_ipython().system("sleep 987654 &")
""",
        evidence=("process",),
    ),
    Attack(
        "system-calls",
        "ptrace, mount, unshare, setns, process_vm_readv, io_uring, bpf, keyctl by ctypes",
        SAY
        + """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
buffer = ctypes.create_string_buffer(256)
calls = {
    "ptrace": (101, 16, 1, 0, 0), "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0),
    "unshare": (272, 0x10000000), "setns": (308, 0, 0), "io_uring": (425, 8, buffer),
    "bpf": (321, 0, buffer, 64), "keyctl": (250, 0, -3, 1), "perf": (298, buffer, 0, -1, -1, 0),
    "process_vm_readv": (310, 1, buffer, 1, buffer, 1, 0), "userfaultfd": (323, 0),
    "init_module": (175, buffer, 1, b""), "kexec": (246, 0, 0, 0, 0), "reboot": (169, 1, 2, 3),
    "chroot": (161, b"/tmp"), "pivot_root": (155, b"/", b"/tmp"), "swapon": (167, b"/x", 0),
    "open_by_handle_at": (304, 3, buffer, 0), "setuid": (105, 0), "iopl": (172, 3),
    "clone3": (435, buffer, 64), "pidfd_getfd": (438, 3, 0, 0),
    "memfd+exec": (322, -1, b"", 0, 0, 0x1000),
}
for name, (number, *arguments) in calls.items():
    if libc.syscall(number, *arguments) >= 0 and name not in ("setuid",):
        say(name)
if os.getuid() == 0 and name:
    say("root", os.getuid())
""",
    ),
    Attack(
        "gains-rights",
        "sudo, setuid, capabilities, and device files",
        SAY
        + """
import os
for call in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.chroot("/tmp"),
             lambda: os.mknod("disk", 0o60666, os.makedev(8, 0)), lambda: os.nice(-5)):
    try:
        call()
        say(call.__code__.co_names)
    except OSError:
        pass
for line in open("/proc/self/status"):
    if line.startswith("CapEff") and int(line.split()[1], 16):
        say(line)
""",
    ),
    Attack(
        "signals-outside",
        "sends signals to all processes that it can name",
        "import os\nfor pid in range(2, 70_000):\n    if pid not in (os.getpid(), os.getppid()):\n"
        "        try:\n            os.kill(pid, 15)\n        except OSError:\n            pass",
    ),
)
