"""What the metadata of an attempt's record is called. TASK phase writes it; the client and others read it."""

from __future__ import annotations

from airflow_provider_flows.store import AttemptRecord

ORIGIN_RUN = "origin_run_id"
"""In every attempt of a resumed run: the run that it resumes."""
ORIGIN_ATTEMPT = "origin_attempt"
"""In a cloned attempt: the attempt, of the same task there, that it is a copy of."""
AIRFLOW_TASK, AIRFLOW_MAP_INDEX = "airflow_task_id", "airflow_map_index"
"""In every attempt on Airflow: the task that recorded it."""
CODE_NUMBER = "code_number"
"""In an attempt on Airflow: the place, among the codes that its run took up, of the one that it ran."""
FRAMES, FOREACH_VAR = "frames", "foreach_var"
"""The foreaches around an attempt, and the artifact that it splits over itself."""
TASK_TYPE, WORLD_SIZE = "internal_task_type", "parallel-world-size"
"""In a task of a `num_parallel`, in the words of Metaflow 2.19: which one leads, and how many there are."""
PYTHON_VERSION = "python_version"
"""The Python that ran the step's code."""
OF_THE_TASK = (FRAMES, FOREACH_VAR, TASK_TYPE, WORLD_SIZE, PYTHON_VERSION)
"""What is said of the task itself; a copy of it in another run says the same."""


def is_cloned(record: AttemptRecord) -> bool:
    """Whether an attempt is a copy of another run's."""
    return ORIGIN_ATTEMPT in record.metadata
