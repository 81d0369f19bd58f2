"""Steps -> frozen FlowGraph, the rules that a graph must keep, and its picture. Knows nothing of Airflow."""
