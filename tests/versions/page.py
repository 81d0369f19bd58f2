"""The table of docs/compatibility.md, made of the results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tests.conftest import ROOT
from tests.versions.fields import RELEASES, Field
from tests.versions.results import Result, results

PAGE = ROOT / "docs/compatibility.md"
BEGIN, END = "<!-- fields: `make check-version` writes them -->\n", "<!-- end of the fields -->\n"


def write_page() -> None:
    """Bring the table up to date with the results."""
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def with_table(text: str) -> str:
    """Return the page's text with the table of the results."""
    found = {result.field: result for result in results()}
    table = "\n".join(_lines(found)) + "\n"
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: BEGIN + table + END, text, flags=re.DOTALL)


def _lines(found: Mapping[Field, Result]) -> Iterator[str]:
    yield "| Airflow | on the lowest Python that it supports | on the highest |"
    yield "|---|---|---|"
    for release in RELEASES:
        cells = [_cell(found.get(field)) for field in release.lowest_and_highest]
        yield f"| {release.version} | " + " | ".join(cells) + " |"


def _cell(result: Result | None) -> str:
    if result is None:
        return "not run yet"
    how = f"fails: {', '.join(result.failed)}" if result.failed else "runs"
    return f"{result.python}: {how} ({result.ran_on})"
