"""Options of `[flows]` that a command or a secrets backend has. In each process that loads compiled DAGs.

Airflow itself does this only for options that are called sensitive, and hides their values in all logs: right for a
key, wrong for the address of a store.
"""

from __future__ import annotations

import shlex
import subprocess
from functools import cache

from airflow_provider_flows.errors import UsageError

_PATIENCE = 20.0
"""Seconds that a command may take: less than the 30 after which Airflow by default gives up parsing a DAG file."""


@cache
def ask_airflow(ending: str, text: str) -> str | None:
    """Return what the command `text` prints (`_cmd`), or what Airflow's secrets backend has as `text` (`_secret`).

    Asked once in each process. UsageError when that fails, without anything that was printed to standard output.
    """
    return _printed(text) if ending == "_cmd" else _kept(text)


def _printed(command: str) -> str:
    try:
        if not (words := shlex.split(command)):
            raise ValueError("it is empty. Write a command, or remove the option")
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=_PATIENCE)
        return done.stdout.decode()
    except subprocess.TimeoutExpired:
        why = f"it was not done after {_PATIENCE:g} seconds. Everything that loads a DAG waits for it: make it faster"
    except subprocess.CalledProcessError as error:
        why = f"it ended with exit code {error.returncode}. {error.stderr.decode(errors='replace').strip()[-500:]}"
    except (OSError, ValueError) as error:
        why = f"{error}"
    raise UsageError(f"the command {command!r} failed: {why}")


def _kept(name: str) -> str | None:
    from airflow_provider_flows.operators.compat import get_custom_secret_backend

    backend = get_custom_secret_backend(worker_mode=True)  # falls back to that of [secrets]
    if backend is None:
        raise UsageError("Airflow has no secrets backend here. Set [secrets] backend, or the option itself.")
    try:
        found: str | None = backend.get_config(name)
    except Exception as error:  # whatever a backend raises
        raise UsageError(f"Airflow's secrets backend failed: {type(error).__name__}: {error}") from error
    return found
