"""What Airflow learns about this provider, in every Airflow process. Imports nothing: it runs at Airflow's start."""


def get_provider_info() -> dict[str, object]:
    """Return the provider's description, of the shape that `airflow/provider_info.schema.json` demands."""
    return {
        "package-name": "airflow-provider-flows",
        "name": "Flows",
        "description": "Metaflow flows, compiled to readable Airflow DAGs and run on any Airflow executor.",
        "versions": ["0.1.0"],
        "integrations": [
            {
                "integration-name": "Metaflow",
                "external-doc-url": "https://github.com/airflow-provider-flows/airflow-provider-flows",
                "tags": ["software"],
            },
        ],
        "operators": [
            {"integration-name": "Metaflow", "python-modules": ["airflow_provider_flows.operators"]},
        ],
        "extra-links": ["airflow_provider_flows.operators.links.FlowRunLink"],
        "config": {
            "flows": {
                "description": "Flows compiled by airflow-provider-flows.",
                "options": {
                    "datastore_root": {
                        "description": (
                            "Where artifacts and records are kept: a folder or any fsspec URL, for instance "
                            "``s3://bucket/prefix``, or ``s3://conn_id@bucket/prefix`` to use an Airflow connection. "
                            "The environment variable FLOWS_DATASTORE_ROOT overrides it. "
                            "Where it is not set: the folder ``flows`` under AIRFLOW_HOME."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "s3://my-bucket/flows",
                        "default": None,
                        "sensitive": False,
                    },
                    "signing_key": {
                        "description": (
                            "With a key, records are signed (HMAC), and unsigned or altered ones are rejected. "
                            "All workers and readers of a datastore need the same key. "
                            "Where it is not set, records are not signed; an empty key is an error."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": None,
                        "default": None,
                        "sensitive": True,
                    },
                    "bucket_backend": {
                        "description": (
                            "What opens a datastore in S3, Google Cloud Storage or Azure: ``auto``, which is obstore "
                            "where it is installed and means the same server and identity as fsspec, and fsspec "
                            "otherwise; ``obstore``; or ``fsspec``."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "fsspec",
                        "default": "auto",
                        "sensitive": False,
                    },
                    "bucket_retry_seconds": {
                        "description": (
                            "For how many seconds a request to a datastore in a bucket is repeated while the server "
                            "is away: connection refused, no answer, status 429 or 5xx. 0 for never."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "120",
                        "default": "60",
                        "sensitive": False,
                    },
                    "include_file_roots": {
                        "description": (
                            "Folders whose files an IncludeFile in a DAG run's conf may name, as absolute paths "
                            "separated by commas. Files that travel with the flow are always allowed. Default: none."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "/data/inputs,/mnt/shared",
                        "default": "",
                        "sensitive": False,
                    },
                    "conf_keys": {
                        "description": (
                            "Keys that a DAG run's conf may have besides the flow's parameters, as names or patterns "
                            "(``team_*``) separated by commas. Any other key fails the first task, because it is "
                            "probably a misspelled parameter. ``*`` allows all keys."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "openlineage,team_*",
                        "default": "openlineage",
                        "sensitive": False,
                    },
                    "code_on_clear": {
                        "description": (
                            "Which code a cleared task runs: ``latest``, that of the DAG file, if it fits the run; or "
                            "``pinned``, the code that the run started with. With versioned DAG bundles, Airflow's own "
                            "``rerun_with_latest_version`` decides."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "pinned",
                        "default": "latest",
                        "sensitive": False,
                    },
                    "datastore_browser": {
                        "description": (
                            "What the Datastore button of a task opens: the address of a web page, in which "
                            "``{bucket}``, ``{prefix}`` (the folder in the bucket) and ``{path}`` (the folder below "
                            "datastore_root) are filled in. "
                            "Where it is not set: the console of Amazon S3 or Google Cloud Storage."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "https://minio.example.org/browser/{bucket}/{prefix}",
                        "default": None,
                        "sensitive": False,
                    },
                    "environment_cache": {
                        "description": (
                            "Where a machine keeps the Python environments of steps with ``@pypi`` or ``@conda``, each "
                            "built once, in a folder that only its user can write to. "
                            "Where it is not set: ``airflow-provider-flows/environments`` in the user's cache."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "/var/cache/flows-environments",
                        "default": None,
                        "sensitive": False,
                    },
                    "conda": {
                        "description": (
                            "``pypi``: the packages of ``@conda`` are taken from the Python package index. "
                            "Where it is not set, flows with ``@conda`` are rejected when they are compiled."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "pypi",
                        "default": None,
                        "sensitive": False,
                    },
                    "code_cache_dir": {
                        "description": (
                            "Where a worker keeps the unpacked sources of flows, once for each version, in a folder "
                            "that only its user can write to. Default: the system's folder for temporary files."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "/var/cache/airflow-flows",
                        "default": "",
                        "sensitive": False,
                    },
                },
            },
        },
    }
