"""Who the user is: the owner of runs, of deployments and of the namespace that the client shows. Any process."""

from __future__ import annotations

import os


def username() -> str | None:
    """Return the user's name, None when nothing says it.

    The first of `FLOWS_USER`, `METAFLOW_USER`, `SUDO_USER`, `USERNAME`, `USER` and the account's name; root only where
    no other name is found. (Metaflow 2.19 does not work for root, which is who containers run as.)
    """
    variables = ("FLOWS_USER", "METAFLOW_USER", "SUDO_USER", "USERNAME", "USER")
    names = [name for name in (*map(os.environ.get, variables), _account()) if name]
    return next((name for name in names if name != "root"), names[0] if names else None)


def _account() -> str | None:
    try:
        import pwd  # not on Windows

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return None
