"""Commands of Metaflow that concern other platforms: they say what to type here. LAUNCH phase."""

from __future__ import annotations

import click
from airflow_provider_flows.cli.common import program

_DEPLOY = "this package deploys flows to Airflow. Type: {name} compile -o dags/{stem}.py"
_WORKERS = (
    "steps run in Airflow's workers, which Airflow starts and ends. Choose them with "
    "{name} compile --queue NAME, --pool NAME, or --task-arg STEP.queue=NAME"
)
_INSTEAD = {"argo-workflows": _DEPLOY, "step-functions": _DEPLOY, "batch": _WORKERS, "kubernetes": _WORKERS}


def elsewhere(name: str) -> click.Command | None:
    """Return the command of that name, which rejects whatever it is given; None when Metaflow has none."""
    if name not in _INSTEAD:
        return None

    def reject() -> None:
        this = program()
        raise click.UsageError(f"{name}: {_INSTEAD[name].format(name=this.name, stem=this.file.stem)}")

    takes_all = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(name, callback=reject, hidden=True, add_help_option=False, context_settings=takes_all)
