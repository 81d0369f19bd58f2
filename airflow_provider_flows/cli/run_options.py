"""Options of `run` and `resume` that say how a run is done on this machine. LAUNCH phase."""

from __future__ import annotations

from pathlib import Path

import click
from airflow_provider_flows.local.local_run import RunOptions

MEGABYTE = 1 << 20
_AT_LEAST_1 = click.IntRange(min=1)

RUN_OPTIONS = (
    click.Option(["--tag", "tags"], multiple=True, help="Tag the run."),
    click.Option(
        ["--max-workers"], type=_AT_LEAST_1, default=RunOptions.max_workers, show_default=True, help="Tasks at once."
    ),
    click.Option(
        ["--max-num-splits"],
        type=_AT_LEAST_1,
        default=RunOptions.max_num_splits,
        show_default=True,
        help="Maximum number of items of a foreach.",
    ),
    click.Option(
        ["--max-log-size"],
        type=_AT_LEAST_1,
        default=RunOptions.max_log_size // MEGABYTE,
        show_default=True,
        help="Megabytes of each attempt's output to keep.",
    ),
    click.Option(
        ["--honor-retry-delay"], is_flag=True, help="Wait between tries as @retry says. Default: retry at once."
    ),
    click.Option(["--short-prefix"], is_flag=True, help="Shorter line prefixes. Default on narrow terminals."),
    click.Option(["--run-id-file"], type=click.Path(dir_okay=False, path_type=Path), help="Write the run id to it."),
)
