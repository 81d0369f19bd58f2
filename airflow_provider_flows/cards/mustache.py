"""Mustache templates, which cards of other distributions are written with. TASK phase; only where one asks."""

from __future__ import annotations

from chevron import render

__all__ = ["render"]
