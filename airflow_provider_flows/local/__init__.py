"""LAUNCH on one machine: run a flow without Airflow, each attempt in a process of its own."""
