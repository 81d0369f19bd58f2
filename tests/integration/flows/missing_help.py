"""A module that can be imported everywhere but in a worker."""

import os

if "AIRFLOW_CTX_TASK_ID" in os.environ:
    import nothing_of_this_name as found
else:
    found = None
