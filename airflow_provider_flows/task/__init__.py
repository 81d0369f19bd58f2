"""Run one attempt of a step, for an operator, a launcher or a test. Does not depend on Airflow."""
