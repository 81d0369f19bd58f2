"""Turn a flow's graph into the plan of an Airflow DAG, and the plan into the text of its file.

Runs in `flows-compile`, and for `check`; never in a worker, and without Airflow.
"""
