"""What the text of a compiled DAG and the operators that it calls must agree on. Imports nothing of this package.

The compiler writes these names and keeps to these limits; the operators have the names, and meet the limits at run
time. Tests compare both with the classes themselves, and with the Airflow that is installed.
"""

from __future__ import annotations

from collections.abc import Sequence

OPERATORS = "airflow_provider_flows.operators"
"""The module that a compiled DAG imports."""
STEP_OPERATOR = "FlowStepOperator"
FAN_OUT_OPERATOR = "FlowFanOutOperator"
CALLBACK = "ImportedCallback"
COMPILED_FLOW = "compiled_flow"
"""The names that it imports from there."""

SPLIT_LABEL = "split_label"
"""What an operator puts into the context of a mapped task, for Airflow to show in place of its map index."""
SPLIT_LABEL_TEMPLATE = f"{{{{ {SPLIT_LABEL} }}}}"
"""The only template in a compiled DAG, which Airflow renders when the task has ended."""

FAN_OUT_PREFIX = "fan_out_"
"""What ids of fan-out tasks begin with; the step's name follows."""
GROUP_PREFIX = "foreach_"
"""What ids of mapped task groups begin with; the artifact's name follows."""

LONGEST_ID = 250
LONGEST_GROUP_ID = 200
LONGEST_TAG = 100
LONGEST_DESCRIPTION = 200
LONGEST_SPLIT_LABEL = 250
"""How many characters Airflow 3.1 to 3.3 keep, or show in one line."""


def returns_its_splits(foreach_nest: Sequence[str]) -> bool:
    """Whether a foreach step inside these foreaches returns the list that Airflow maps its body over.

    Where it is mapped itself it does not: Airflow cannot map inside a mapped group, so a fan-out task flattens the
    splits of all its tasks into one list, and returns that.
    """
    return not foreach_nest
