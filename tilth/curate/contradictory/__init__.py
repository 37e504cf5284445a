"""The same question, answered twice: when inputs are the same, when answers deny each other, and which row stays."""
