"""`python -m airflow_provider_flows` is the command `flows`, where scripts are not on the path. LAUNCH phase."""

from airflow_provider_flows.cli import main

if __name__ == "__main__":
    main()
