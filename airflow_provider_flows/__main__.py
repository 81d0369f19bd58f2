"""`python -m airflow_provider_flows` is the command `flows`, where scripts are not on the path. LAUNCH phase."""

import os
import sys

if __name__ == "__main__":
    if sys.path and sys.path[0] in ("", os.getcwd()):
        # Python puts the working folder first; a flow there that is called json.py is not what we import.
        sys.path.append(sys.path.pop(0))

    from airflow_provider_flows.cli import main

    main()
