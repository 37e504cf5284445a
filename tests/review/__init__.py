"""Tests of the decisions people make."""
