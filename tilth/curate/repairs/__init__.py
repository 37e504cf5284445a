"""Repairs of damaged text that know what to leave alone: code, and records that are about markup."""
