"""Run compiled DAGs with `dag.test()`, all in this process: `python -m tests.conformance.airflow_runs JOBS RESULTS`.

JOBS is a JSON list of `{"file", "runs": [{"name", "conf"}]}`. RESULTS gets, by name, the DAG run's state, its id,
and the state of each task instance; and by file what parsing it twice and Airflow's own checks found. One DAG at a
time is in the dags folder, since `dag.test()` parses and stores all that it finds there.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
import time
import traceback
from pathlib import Path
from typing import Any


def main(jobs: Path, results: Path) -> None:
    from airflow.configuration import conf

    folder = Path(conf.get("core", "dags_folder"))
    found: dict[str, Any] = {"runs": {}, "files": {}}
    for job in json.loads(jobs.read_text()):
        file = Path(shutil.copy(job["file"], folder))
        try:
            found["files"][file.stem] = _checked(file)
            for run in job["runs"]:
                found["runs"][run["name"]] = _run(file, run["conf"])
        except Exception:
            found["files"][file.stem] = {"error": traceback.format_exc()}
        finally:
            file.unlink()
            results.write_text(json.dumps(found))


def _load(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"dag_{file.stem}_{time.monotonic_ns()}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.dag


def _checked(file: Path) -> dict[str, Any]:
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.utils.dag_version_inflation_checker import check_dag_file_stability

    hashes = [SerializedDagModel.hash(DagSerialization.to_dict(_load(file))) for _ in range(2)]
    warnings = check_dag_file_stability(str(file)).format_warnings()
    return {"hashes": hashes, "warnings": warnings}


def _run(file: Path, run_conf: dict[str, Any]) -> dict[str, Any]:
    run = _load(file).test(run_conf=run_conf)
    instances = {f"{ti.task_id}[{ti.map_index}]": str(ti.state) for ti in run.get_task_instances()}
    return {"dag_id": run.dag_id, "run_id": run.run_id, "state": str(run.state.value), "instances": instances}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
