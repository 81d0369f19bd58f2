"""PostgreSQL and Redis as a cluster starts them: where their programs are, and what they are called with."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from tests.services import Program, clean_environ

INSTALL = "apt-get install postgresql redis-server"
DATABASE_USER = "airflow"


class Missing(Exception):
    """This machine lacks what a cluster needs; the message says what, and how to have it."""


def check() -> None:
    """Raise Missing, for all that is missing at once."""
    missing = [name for name in ("initdb", "postgres", "redis-server") if _found(name) is None]
    if missing:
        raise Missing(f"A cluster needs {', '.join(missing)}: {INSTALL}")


def postgres(folder: Path, port: int) -> Program:
    """Return PostgreSQL on a new database in `folder`, without a password, for this machine alone."""
    user = _postgres_user()
    folder.mkdir(parents=True)
    if user is not None:
        closed = [above for above in folder.parents if not above.stat().st_mode & stat.S_IXOTH]
        if closed:
            raise Missing(
                f"PostgreSQL does not run as root, and its user {user!r} cannot enter {closed[-1]}. "
                f"Type `chmod o+x {closed[-1]}`, or start the cluster as another user than root."
            )
        shutil.chown(folder, user, user)
    env = clean_environ()
    command = [_program("initdb"), "-D", str(folder), "-U", DATABASE_USER, "--auth=trust", "--encoding=UTF8"]
    done = subprocess.run(
        command, user=user, group=user, cwd="/", env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise RuntimeError(f"initdb ended with exit code {done.returncode}:\n{done.stdout}")
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "max_connections": "200",
    }
    arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
    return Program((_program("postgres"), "-D", str(folder), "-p", str(port), *arguments), env, Path("/"), user)


def redis(folder: Path, port: int) -> Program:
    """Return Redis with its queue on disk: without, a restart loses the tasks that are queued."""
    folder.mkdir(parents=True)
    arguments = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes")
    return Program((_program("redis-server"), *arguments), clean_environ(), folder)


def _postgres_user() -> str | None:
    """Return who runs PostgreSQL, which root may not; None for this process's user."""
    if os.geteuid():
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError as error:
        raise Missing(f"PostgreSQL does not run as root, and there is no user 'postgres': {INSTALL}") from error


def _program(name: str) -> str:
    found = _found(name)
    if found is None:
        raise Missing(f"A cluster needs {name}: {INSTALL}")
    return found


def _found(name: str) -> str | None:
    """Return a program's path; Debian keeps PostgreSQL's beside PATH, a folder for each version."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name), reverse=True)
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, homes)]))
