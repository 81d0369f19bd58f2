"""TASK: run one attempt of a step, whoever asks for it: the operator, a local launcher, a test. Knows nothing of Airflow."""
