"""`make check-versions`: says which minors of Airflow are on the package index and not in the table.

Exits with 1 when there is one, with 2 when the index does not answer. pip asks, so any index will do that it knows.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator

from tests.versions.fields import RELEASES, minor_of

PACKAGE = "apache-airflow"
_LISTED = re.compile(r"^Available versions: (.+)$", re.MULTILINE)


def main() -> int:
    found = on_the_index()
    if found is None:
        return 2
    missing = list(minors_missing(found))
    for version in newer_patches(found):
        print(f"Airflow {version} is newer than the {minor_of(version)} in the table (tests/versions/fields.py).")
    for minor in missing:
        print(f"Airflow {minor} is on the index and not in the table: add a Release to tests/versions/fields.py.")
    if not missing:
        print(f"The table has every minor of Airflow from {RELEASES[0].minor} on that is on the index.")
    return 1 if missing else 0


def on_the_index() -> list[str] | None:
    """Return all released versions, for any Python; None, having said so, when the index does not tell."""
    command = [sys.executable, "-m", "pip", "index", "versions", "--ignore-requires-python", PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True)
    listed = _LISTED.search(done.stdout)
    if done.returncode == 0 and listed is not None:
        return [version.strip() for version in listed[1].split(",")]
    why = (done.stderr.strip().splitlines() or [f"pip ended with exit code {done.returncode}"])[-1]
    print(f"The package index could not be asked for {PACKAGE}, so nothing was checked: {why}", file=sys.stderr)
    return None


def minors_missing(found: Iterable[str]) -> Iterator[str]:
    """Yield the minors beyond the table's first that it lacks, oldest first."""
    minors = {_key(version)[:2] for version in found}
    known = {_key(release.version)[:2] for release in RELEASES}
    yield from (".".join(map(str, minor)) for minor in sorted(minors - known) if minor > min(known))


def newer_patches(found: Iterable[str]) -> Iterator[str]:
    """Yield the newest version of each minor in the table, where the table has an older one."""
    newest = {_key(release.version)[:2]: _key(release.version) for release in RELEASES}  # the last of a minor
    for minor, key in newest.items():
        latest = max((_key(version) for version in found if _key(version)[:2] == minor), default=key)
        if latest > key:
            yield ".".join(map(str, latest))


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


if __name__ == "__main__":
    sys.exit(main())
