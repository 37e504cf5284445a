"""What is wrong with a record: findings with a place, a code and a remedy."""

from tilth.validators.finding import Finding
from tilth.validators.report import render
from tilth.validators.rule import Severity
from tilth.validators.validate import ValidateOptions, check, is_wrong

__all__ = ["Finding", "Severity", "ValidateOptions", "check", "is_wrong", "render"]
