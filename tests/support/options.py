"""What `flows-compile` may be asked for, as tests write it: all options of a command line by name."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.setup.launch import LaunchOptions

_LAUNCH = {field.name for field in fields(LaunchOptions)}


def compile_options(file: Path, **options: Any) -> CompileOptions:
    """Return the options of a compile; those about the flow itself need not be told apart."""
    launch = {name: options.pop(name) for name in _LAUNCH & options.keys()}
    return CompileOptions(file, LaunchOptions(**launch), **options)
