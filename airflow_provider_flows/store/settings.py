"""Options of `[flows]`, found as Airflow finds them but without importing it, which would cost seconds. Any process.

What is set and cannot be read is an error, never taken for not set: somebody wanted it.
"""

from __future__ import annotations

import configparser
import os
import re
from functools import lru_cache
from typing import Callable

from airflow_provider_flows.errors import UsageError

SECTION = "flows"
_OF_AIRFLOW = ("_cmd", "_secret")
"""End the names of options that say where Airflow finds a value: in a command's output, or in its secrets backend."""
_MOST_EXPANSIONS = 10
_INDENTED = re.compile(rf"^[ \t]+\[\s*{SECTION}\s*\]\s*$", re.MULTILINE | re.IGNORECASE)
"""A section that is none to configparser, but the rest of the option before it."""

ask_airflow: Callable[[str, str], str | None] | None = None
"""Returns what Airflow finds for `_cmd` and a command, or for `_secret` and a name in its secrets backend; UsageError.
Airflow's side of this package sets it."""


def setting(name: str) -> str | None:
    """Return one option, without blanks around it; None when it is set nowhere.

    The first that is set, as in Airflow 3.3: `FLOWS_<NAME>`, which is ours, `AIRFLOW__FLOWS__<NAME>`, with `_CMD`, with
    `_SECRET`; then the option in Airflow's configuration file, with `_cmd`, with `_secret`. UsageError when that is
    empty, cannot be read, or is Airflow's to ask and there is no Airflow here.
    """
    for prefix in ("FLOWS_", f"AIRFLOW__{SECTION.upper()}__"):
        variable = prefix + name.upper()
        if variable in os.environ:
            return _value(os.environ[variable], variable)
    for ending in _OF_AIRFLOW:
        variable = f"AIRFLOW__{SECTION.upper()}__{name}{ending}".upper()
        if variable in os.environ:
            return _asked(name, ending, os.environ[variable], variable)
    return _from_file(name)


def airflow_home() -> str:
    """Return Airflow's home directory, whether or not it exists."""
    return _expanded(os.environ.get("AIRFLOW_HOME", "~/airflow"), "AIRFLOW_HOME")


def config_file() -> str:
    """Return the path of Airflow's configuration file, whether or not it exists."""
    path = os.environ.get("AIRFLOW_CONFIG")
    return os.path.join(airflow_home(), "airflow.cfg") if path is None else _expanded(path, "AIRFLOW_CONFIG")


def _from_file(name: str) -> str | None:
    file = config_file()
    text = _read(file)
    if SECTION not in text.lower():  # then a reader need not pay for parsing what is Airflow's alone
        return None
    parser = _parsed(text, file)
    _require_as_airflow_reads_it(parser, text, name, file)
    if parser.has_option(SECTION, name):
        where = f"[{SECTION}] {name} in {file}"
        return _value(_interpolated(parser, name, where), where)
    for ending in _OF_AIRFLOW:
        if parser.has_option(SECTION, name + ending):
            where = f"[{SECTION}] {name}{ending} in {file}"
            return _asked(name, ending, _interpolated(parser, name + ending, where), where)
    return None


def _read(file: str) -> str:
    """Return the file's text, empty when there is no such file."""
    try:
        with open(file, encoding="utf-8") as stream:
            return stream.read()
    except FileNotFoundError:
        if not os.path.islink(file):
            return ""
        reason = "it is a link to a file that is not there"
    except OSError as error:
        reason = error.strerror or str(error)
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8 from byte {error.start} on"
    raise UsageError(f"Airflow's configuration file {file} cannot be read: {reason}. AIRFLOW_CONFIG names another one.")


@lru_cache(maxsize=1)
def _parsed(text: str, file: str) -> configparser.ConfigParser:
    """Return all sections: what `[flows]` holds depends on them. No error shows a line, which may hold a secret."""
    parser = configparser.ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as in Airflow, whose options know upper case
    try:
        parser.read_string(text)
    except configparser.DuplicateSectionError as error:
        problem = f"{file}:{error.lineno}: there are two sections [{error.section}]. Make one of them."
    except configparser.DuplicateOptionError as error:
        problem = f"{file}:{error.lineno}: [{error.section}] has two options {error.option}. Remove one of them."
    except configparser.MissingSectionHeaderError as error:
        problem = f"{file}:{error.lineno}: this line stands before the first section.{_byte_order_mark(text)}"
    except configparser.ParsingError as error:
        problem = f"{file}:{error.errors[0][0]}: this line is neither an option, a section nor a comment."
    else:
        return parser
    raise UsageError(problem)


def _byte_order_mark(text: str) -> str:
    marked = text.startswith("\ufeff")
    return " The file begins with a byte order mark, which Airflow does not skip: save it without." if marked else ""


def _require_as_airflow_reads_it(parser: configparser.ConfigParser, text: str, name: str, file: str) -> None:
    """UsageError where the section or the option is written in a way that Airflow takes for another one."""
    indented = _INDENTED.search(text)
    if indented and not parser.has_section(SECTION):
        raise UsageError(f"{file}: Airflow does not read the indented line {indented[0].strip()} as a section.")
    for section in parser.sections():
        if section != SECTION and section.strip().lower() == SECTION:
            raise UsageError(f"{file}: Airflow does not read the section [{section}]. Write [{SECTION}].")
    for option in parser.options(SECTION) if parser.has_section(SECTION) else ():
        if option != name and option.lower().replace("-", "_") == name:
            raise UsageError(f"{file}: Airflow does not read [{SECTION}] {option}. Write {name}.")


def _interpolated(parser: configparser.ConfigParser, name: str, where: str) -> str:
    try:
        return parser.get(SECTION, name)
    except configparser.InterpolationMissingOptionError as error:
        problem = f"it refers to the option {error.reference}, which is not there"
    except configparser.InterpolationDepthError:
        problem = "it refers to itself"
    except configparser.InterpolationError:
        problem = "it has a % that begins no %(reference)s"
    raise UsageError(f"{where}: {problem}. Write %% for a %.")


def _value(text: str, where: str) -> str:
    value = _expanded(text, where).strip()
    if not value:
        raise UsageError(f"{where} is set, and empty. Give it a value, or remove it.")
    return value


def _expanded(text: str, where: str) -> str:
    """Put environment variables and `~` in place until nothing changes, as Airflow does."""
    for _ in range(_MOST_EXPANSIONS):
        expanded = os.path.expanduser(os.path.expandvars(text))
        if expanded == text:
            return text
        text = expanded
    raise UsageError(f"{where} refers to environment variables that refer to themselves.")


def _asked(name: str, ending: str, text: str, where: str) -> str:
    if ask_airflow is None:
        raise UsageError(
            f"{where} is set, so only Airflow knows {name}, and this process runs without it. "
            f"Set FLOWS_{name.upper()} to the value."
        )
    try:
        found = ask_airflow(ending, text)
    except UsageError as error:
        raise UsageError(f"{where} gives no {name}: {error}") from error
    value = (found or "").strip()
    if not value:
        raise UsageError(f"{where} gives no {name}: it is set, and what it gives is empty.")
    return value
