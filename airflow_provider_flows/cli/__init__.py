"""The command line: `flows FLOW.py COMMAND`, `python FLOW.py COMMAND` and `flows-compile FLOW.py`. LAUNCH phase.

Imports no Airflow. Exit codes: 0 when all went well; 1 when a run failed, or `compile --check` found a difference; 2
when the flow or the command is wrong.
"""

from __future__ import annotations

from airflow_provider_flows.cli.commands import main, run_as_script

__all__ = ["main", "run_as_script"]
