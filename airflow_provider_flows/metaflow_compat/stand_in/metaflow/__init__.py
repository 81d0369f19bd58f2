"""`import metaflow` in a child process that starts from nothing and is given its parent's `sys.path`.

So do `multiprocessing` and others with what they start (`spawn`, `forkserver`, loky). Other programs never see it.
"""

import os
import sys

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

try:
    import airflow_provider_flows.as_metaflow  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "airflow_provider_flows":
        raise
    # An interpreter that lacks this package was given the path all the same: then the name means what it means there.
    sys.path[:] = [entry for entry in sys.path if entry != _FOLDER]
    sys.modules.pop("metaflow", None)

import metaflow  # noqa: E402, F401  # what Python finds now takes the place of this module
