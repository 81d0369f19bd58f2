"""Options that say what travels with a flow beside what it imports, and what is said of what stays. LAUNCH phase."""

from __future__ import annotations

from pathlib import Path

import click
from airflow_provider_flows.cli.common import common
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.packaging.options import PackageOptions
from airflow_provider_flows.packaging.package import Package

PACKAGE_OPTIONS = (
    click.Option(["--include"], multiple=True, metavar="GLOB", help="Also package these files."),
    click.Option(
        ["--package", "package"],
        type=click.Choice(["imports", "all"]),
        default="imports",
        show_default=True,
        help="Package what the flow imports, or all of its folder as well.",
    ),
)


def package_options(include: tuple[str, ...] = (), package: str = "imports") -> PackageOptions:
    """Return what these options and the common ones ask of a package."""
    suffixes = tuple(filter(None, map(str.strip, (common().package_suffixes or "").split(","))))
    takes_folder = package == "all"
    return PackageOptions(include, takes_folder, suffixes, _datastore() if takes_folder or suffixes else ())


def _datastore() -> tuple[Path, ...]:
    """Return the store's folder, which may lie in the flow's; nothing for a bucket."""
    from airflow_provider_flows.store import resolve_root  # most packages hold what is imported, and need no store

    root = resolve_root(common().datastore_root)
    return () if "://" in root else (Path(root).resolve(),)


def tell(package: Package, flow: str = "") -> None:
    """Say on stderr what stays here though the flow may need it, and what would fail for it; `flow` is put in front."""
    for note in package.notes:
        warn(f"{flow}: {note}" if flow else note)


def warn(text: str | None) -> None:
    """Say something on stderr, unless there is nothing to say or `--quiet` was given."""
    if text is not None and not common().quiet:
        say(text, err=True)
