"""One list of suspicions from every detector, worst first."""

from tilth.curate.suspects.detectors import Detector, detectors, installed_detectors
from tilth.curate.suspects.search import Finding, Suspect, Suspects, find_suspects

__all__ = ["Detector", "Finding", "Suspect", "Suspects", "detectors", "find_suspects", "installed_detectors"]
