"""What a worker sees and may do, at each level that keeps it apart."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader_sandbox.isolation import Connection, Level, Sandbox

from tests.nbgrader_sandbox.isolation.conftest import ask

DENIED = ("PermissionError", "FileNotFoundError", "OSError: [Errno 30]")


def denied(answer: object) -> bool:
    return isinstance(answer, str) and answer.startswith(DENIED)


def test_its_files_lie_where_it_stands_and_can_be_changed(worker: Connection) -> None:
    assert ask(worker, "answer = open('data/a.txt').read()") == "hello"
    code = """
        import tempfile, os
        open('data/a.txt', 'w').write('bye')
        with tempfile.TemporaryFile() as file:
            file.write(b'x')
        open(os.path.expanduser('~/own'), 'w').close()
        answer = open('data/a.txt').read()
    """
    assert ask(worker, code) == "bye"


def test_no_worker_sees_the_files_of_another(sandbox: Sandbox) -> None:
    with sandbox.worker({}) as one, sandbox.worker({}) as two:
        where = ask(
            one,
            """
            import os, tempfile
            open('left', 'w').close()
            open(tempfile.gettempdir() + '/left', 'w').close()
            answer = [os.path.abspath('left'), tempfile.gettempdir() + '/left']
            """,
        )
        for path in where:
            assert denied(ask(two, f"open({path!r})"))


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_no_socket_can_be_opened(worker: Connection, family: str) -> None:
    assert denied(ask(worker, f"import socket; socket.socket(socket.{family})"))


def test_a_pair_of_connected_sockets_is_allowed(worker: Connection) -> None:
    code = "import socket; a, b = socket.socketpair(); a.send(b'x'); answer = b.recv(1).decode()"
    assert ask(worker, code) == "x"


def test_a_listening_server_of_this_machine_is_not_reached(worker: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answer = ask(worker, f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)")
    assert denied(answer)


def test_files_of_this_machine_are_not_there(
    worker: Connection, level: Level, tmp_path: Path
) -> None:
    gradebook = tmp_path / "gradebook.db"
    gradebook.write_text("secret")
    gradebook.chmod(0o666)
    for path in ("/etc/shadow", "/etc/hostname", gradebook, __file__):
        if Path(path).exists():
            assert denied(ask(worker, f"open({str(path)!r}).read()")), path
    first, own = (f"answer = open('/proc/{name}/environ').read()" for name in ("1", "self"))
    if level is Level.NAMESPACES:  # the first process is the worker itself
        assert ask(worker, first) == ask(worker, own)
    else:
        assert denied(ask(worker, first))
    for folder in (Path.home(), Path.cwd(), tmp_path, "/var", "/proc/self/root/var"):
        assert denied(ask(worker, f"import os; answer = os.listdir({str(folder)!r})")) or (
            set(ask(worker, f"import os; answer = os.listdir({str(folder)!r})"))
            <= {".pyenv", ".venv", ".local", ".cache", "public"}
        )


def test_nothing_outside_of_its_box_can_be_written(
    worker: Connection, public: Path, tmp_path: Path
) -> None:
    import nbgrader_sandbox

    tmp_path.chmod(0o777)
    engine = Path(nbgrader_sandbox.__file__).parent
    for folder in ("/", "/etc", "/dev", "/usr/lib", "/var/tmp", tmp_path, public, engine, "/proc"):
        assert denied(ask(worker, f"open('{folder}/left', 'w')")), folder
    for path in ("sys.modules['answering'].__file__", "json.__file__"):
        assert denied(ask(worker, f"import json, sys; open({path}, 'a')")), path
    assert not (tmp_path / "left").exists()


def test_files_outside_keep_their_mode_and_time(
    worker: Connection, tmp_path: Path, level: Level
) -> None:
    file = tmp_path / "gradebook.db"
    file.write_text("secret")
    before = file.stat()
    for call in ("chmod(path, 0)", "utime(path, (0, 0))", "chown(path, 1, 1)"):
        ask(worker, f"import os; path = {str(file)!r}; os.{call}")
    assert file.stat() == before


def test_files_of_its_own_can_be_copied(worker: Connection) -> None:
    code = "import shutil; shutil.copy('data/a.txt', 'a'); shutil.copy2('data/a.txt', 'b')"
    assert ask(worker, f"{code}; answer = open('a').read() + open('b').read()") == "hellohello"


def test_no_other_program_can_be_started(worker: Connection) -> None:
    assert denied(ask(worker, "import os; os.execv('/bin/sh', ['sh'])"))
    assert denied(ask(worker, "import subprocess, sys; subprocess.run([sys.executable, '-V'])"))


def test_other_processes_are_neither_seen_nor_reached(worker: Connection) -> None:
    seen = ask(worker, "import os; answer = sorted(filter(str.isdigit, os.listdir('/proc')))")
    assert denied(seen) or seen == ["1"]
    for code in (
        f"os.kill({os.getpid()}, 0)",
        f"os.pidfd_open({os.getpid()}); os.kill({os.getpid()}, 9)",
        f"libc.ptrace(16, {os.getpid()}, None, None) == 0 or libc.fail()",
        f"resource.prlimit({os.getpid()}, resource.RLIMIT_CPU, (1, 1))",
        f"os.sched_setaffinity({os.getpid()}, [0])",
        f"os.setpriority(os.PRIO_PROCESS, {os.getpid()}, 19)",
    ):
        answer = ask(
            worker, f"import ctypes, os, resource; libc = ctypes.CDLL(None); {code}; answer = 'did'"
        )
        assert answer != "did", code


def test_the_process_that_ends_everything_cannot_be_taken_over(
    sandbox: Sandbox, level: Level
) -> None:
    with sandbox.worker({}) as worker:
        for file in ("mem", "environ", "fd", "maps", "cwd/x"):
            code = f"import os; open(f'/proc/{{os.getppid()}}/{file}', 'rb').read(1)"
            assert denied(ask(worker, code)), file
        ask(worker, "import os; os.kill(os.getppid(), 9) if os.getppid() == 1 else None")
        assert ask(worker, "answer = 1") == 1


def test_signals_to_all_leave_the_grader_and_other_workers(sandbox: Sandbox, level: Level) -> None:
    with sandbox.worker({}) as one, sandbox.worker({}) as two:
        # To oneself a signal to all is not sent, so that the worker can answer.
        ask(one, "import os; os.kill(-1, 9)")
        assert ask(one, "answer = 1") == 1
        if level is Level.NAMESPACES:  # no first process can kill itself
            assert ask(one, "import os; os.kill(0, 9); answer = 3") == 3
        else:
            with pytest.raises((EOFError, ConnectionError)):
                ask(one, "import os; os.kill(0, 9)")
        assert ask(two, "answer = 2") == 2
    with sandbox.worker({}) as three:
        assert ask(three, "answer = 3") == 3


def test_no_rights_are_left(worker: Connection, level: Level) -> None:
    code = """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        answer = {
            name: call() == 0 or ctypes.get_errno()
            for name, call in {
                'user': lambda: libc.unshare(0x10000000),
                'mounts': lambda: libc.unshare(0x00020000),
                'mount': lambda: libc.mount(b'none', b'/dev', b'tmpfs', 0, None),
                'umount': lambda: libc.umount2(b'/proc', 0),
                'chroot': lambda: libc.chroot(b'.'),
                'hostname': lambda: libc.sethostname(b'x', 1),
                'keyring': lambda: libc.syscall(250, 0, -3, 1) < 0 or 0,
                'root': lambda: 1 if os.getuid() == 0 else libc.setuid(0),
            }.items()
        }
    """
    answer = ask(worker, code)
    root = answer.pop("root")
    assert all(error is not True and error in (1, 13) for error in answer.values()), answer
    assert root in (1, 22)
    with_rights = "import os; os.mknod('device', 0o20600, os.makedev(1, 3))"
    assert denied(ask(worker, with_rights))


def test_a_new_namespace_by_clone_is_refused(worker: Connection) -> None:
    code = """
        import ctypes, platform
        libc = ctypes.CDLL(None, use_errno=True)
        number = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
        results = []
        for call in ((number, 0x10000000 | 17, 0, 0, 0, 0), (435, 0, 0)):
            results.append(libc.syscall(*call))
            if results[-1] == 0:
                import os; os._exit(1)
            results.append(ctypes.get_errno())
        answer = results
    """
    assert ask(worker, code) == [-1, 1, -1, 38]


def test_it_has_no_handle_but_its_socket(worker: Connection) -> None:
    code = """
        import os, stat
        answer = []
        for handle in range(256):
            try:
                answer.append((handle, stat.S_IFMT(os.fstat(handle).st_mode) == stat.S_IFSOCK))
            except OSError:
                pass
    """
    handles = ask(worker, code)
    assert len(handles) == 4
    assert [handle for handle, _ in handles][:3] == [0, 1, 2]
    assert [is_socket for _, is_socket in handles] == [False, False, False, True]


def test_its_environment_is_made_up(
    make: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "x")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    with make() as sandbox, sandbox.worker({}) as worker:
        found = ask(worker, "import os; answer = dict(os.environ)")
    assert "SECRET_OF_THE_GRADER" not in found
    assert "PYTHONPATH" not in found
    assert os.environ["PATH"] not in found.values()


def test_the_order_of_sets_is_the_same_each_time(make: Callable[..., Sandbox]) -> None:
    orders = []
    for _ in range(2):
        with make() as sandbox, sandbox.worker({}) as worker:
            orders.append(ask(worker, "answer = list({'a', 'b', 'c', 'd', 'e', 'f', 'g'})"))
    assert orders[0] == orders[1]
