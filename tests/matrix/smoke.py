"""Compiles two flows and runs them with `dag.test()` in this environment; prints what came out as JSON.

Run by `test_matrix.py` with the interpreter of a fresh environment: `python smoke.py FOLDER`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

FLOWS = Path(__file__).parents[2] / "dags" / "flows"


def main(folder: Path) -> None:
    """Run everything below `folder`, which is the AIRFLOW_HOME too."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, stdout=subprocess.DEVNULL)
    results = {
        "airflow": version("apache-airflow"),
        "python": ".".join(map(str, sys.version_info[:3])),
        "catch": run(FLOWS / "catch_retry_flow.py", folder)["results"],
        "shapes": run(Path(__file__).parent / "shapes_flow.py", folder)["found"],
    }
    print(json.dumps(results))


def run(flow: Path, folder: Path) -> dict[str, object]:
    """Compile and run a flow; return the public artifacts of its end."""
    from airflow_provider_flows.client import Run, namespace, use_store

    compiled = folder / "dags" / flow.name
    compiled.parent.mkdir(exist_ok=True)
    subprocess.run([str(Path(sys.executable).parent / "flows-compile"), str(flow), "-o", str(compiled)], check=True)
    spec = spec_from_file_location(f"compiled_{flow.stem}", compiled)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    dag_run = module.dag.test()
    assert dag_run.state == "success", dag_run.state
    use_store(str(folder / "flows"))
    namespace(None)
    return {each.id: each.data for each in Run(f"{module.dag.dag_id}/{dag_run.run_id}").end_task}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
