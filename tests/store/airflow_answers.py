"""Airflow's own answers about options of `[flows]`: a process that reads questions from stdin, one JSON object a line.

It is a process of its own because Airflow takes its home from the environment once, when it is imported.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    from airflow.configuration import AirflowConfigParser, get_airflow_config, get_airflow_home

    before = dict(os.environ)
    conf = AirflowConfigParser()
    for line in sys.stdin:
        question = json.loads(line)
        os.environ.clear()
        os.environ.update({**before, **question["environment"]})
        for section in conf.sections():
            conf.remove_section(section)
        conf._defaults.clear()
        try:
            conf.read(get_airflow_config(get_airflow_home()))
            answer = {"value": conf.get("flows", question["option"], fallback=None)}
        except Exception as error:
            answer = {"error": type(error).__name__}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
