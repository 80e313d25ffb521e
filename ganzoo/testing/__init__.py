"""Conformance: what every plugin is held to, for any plugin to run on itself.

    from ganzoo.testing import conformance
    def test_conformance(): conformance("my-gan")

Not here: that the objective equals the paper's formula, which only a test of the plugin's own can compute.
"""

from __future__ import annotations

from ganzoo.testing.report import Check, Report
from ganzoo.testing.run import conformance, examine

__all__ = ["Check", "Report", "conformance", "examine"]
