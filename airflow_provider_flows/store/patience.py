"""How long a bucket is waited for, whatever opens it. Any process."""

from __future__ import annotations

CONNECT = 10.0
"""Seconds for a connection to be made."""
ANSWER = 60.0
"""Seconds in which a server that has a request must begin to answer, and go on answering."""
WHOLE_REQUEST = 900.0
"""Seconds for one request and its answer, of at most some megabytes."""
