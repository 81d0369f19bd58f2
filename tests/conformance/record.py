"""Record anew what genuine Metaflow makes of the corpus: `python -m tests.conformance.record PYTHON [CASE …]`.

Takes about 1 s for each task. Of a failed run only the tasks that failed are kept: what else had run by then is a
matter of timing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.conformance.corpus import ALL, RECORDED, Result, by_metaflow
from tests.conformance.metaflow_runs import run_all


def main(python: str, names: list[str]) -> None:
    chosen = [case for case in ALL if not names or case.name in names]
    with tempfile.TemporaryDirectory() as root:
        found = run_all(chosen, python, Path(root))
    known = by_metaflow() if RECORDED.exists() else {}
    results = {**known, **found}
    RECORDED.write_text(as_text({case.name: results[case.name] for case in ALL}))


def as_text(results: dict[str, Result]) -> str:
    """Return JSON with a line for each task, so that a diff shows what changed."""
    runs = ",\n".join(f"{json.dumps(name)}: {_run_text(result)}" for name, result in results.items())
    return f"{{\n{runs}\n}}\n"


def _run_text(result: Result) -> str:
    kept = {name: task for name, task in result.tasks.items() if result.succeeded or task["outcome"] == "failed"}
    lines = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(task, sort_keys=True)}" for name, task in sorted(kept.items())
    )
    retried = {name: count for name, count in sorted(result.retried.items()) if name in kept}
    more = f'"retried": {json.dumps(retried)}, ' if retried else ""
    return f'{{"succeeded": {json.dumps(result.succeeded)}, {more}"tasks": {{\n{lines}\n}}}}'


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
