"""`run --packaged`: the flow from what would travel, in a folder that holds nothing else. LAUNCH phase."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from airflow_provider_flows.cli.common import common
from airflow_provider_flows.cli.flow import launched, stdout_kept
from airflow_provider_flows.cli.package_options import PACKAGE_OPTIONS, package_options, tell
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.packaging.package import Unpacked
from airflow_provider_flows.packaging.writing import write_files
from airflow_provider_flows.setup.launch import LaunchedFlow
from airflow_provider_flows.store import Store

PACKAGED_OPTIONS = (
    click.Option(["--packaged"], is_flag=True, help="Run from what would travel in a DAG file, and nothing else."),
    *PACKAGE_OPTIONS,
)


@contextlib.contextmanager
def maybe_packaged(
    flow: LaunchedFlow, store: Store, given: dict[str, Any]
) -> Iterator[tuple[LaunchedFlow, Unpacked | None]]:
    """Yield the flow that is to run; from its package, when `given`, from which PACKAGED_OPTIONS are taken, says so."""
    asked = {str(option.name): given.pop(str(option.name)) for option in PACKAGED_OPTIONS if option.name in given}
    if not asked.pop("packaged", False):
        if words := [*_words(**asked)][1:]:
            raise click.UsageError(f"{words[0]} says what travels with the flow. Use it together with --packaged.")
        yield flow, None
        return
    from airflow_provider_flows.compiler.flow_code import package_of  # other runs need none of it

    with stdout_kept():
        package = package_of(flow, flow.parameters, package_options(**asked))
    tell(package)
    with tempfile.TemporaryDirectory(prefix="flows-packaged-") as folder:
        unpacked = Unpacked(package, Path(folder).resolve(), (*_words(**asked), *_suffixes()))
        write_files(unpacked.folder, package.files)
        with stdout_kept():
            loaded = load_flow(unpacked.file, flow.graph.name, unpacked.paths)
        checked = {parameter.name for parameter in flow.parameters.values()}
        more = {"environment": "local", "flow_datastore": store}
        yield launched(loaded, configs=flow.configs, given=checked, **more), unpacked


def _words(include: tuple[str, ...] = (), package: str = "imports") -> Iterator[str]:
    """Yield the options as they were given."""
    yield "--packaged"
    for glob in include:
        yield from ("--include", glob)
    if package != "imports":
        yield from ("--package", package)


def _suffixes() -> Iterator[str]:
    """Yield the option as it was given; any run takes it, as in Metaflow, where it says something of other runs."""
    if (suffixes := common().package_suffixes) is not None:
        yield from ("--package-suffixes", suffixes)
