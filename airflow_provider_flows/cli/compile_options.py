"""What the command line says about a deployment, as the compiler takes it. LAUNCH phase."""

from __future__ import annotations

from typing import Any

from airflow_provider_flows.cli.common import common, program
from airflow_provider_flows.cli.package_options import package_options
from airflow_provider_flows.compiler.options import CompileOptions


def compile_options(include: tuple[str, ...] = (), package: str = "imports", **more: Any) -> CompileOptions:
    """Return what the common options and PACKAGE_OPTIONS say about a deployment, and `more`."""
    asked = common()
    return CompileOptions(
        program().file,
        asked.launch,
        class_name=asked.class_name or program().class_name,
        package=package_options(include, package),
        datastore_root=asked.datastore_root,
        **more,
    )
