"""Run one attempt of a step, whoever asks for it: an operator, a launcher, a test. Knows nothing of Airflow."""
