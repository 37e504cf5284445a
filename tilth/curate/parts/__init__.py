"""The parts that a data set is split into: what ties rows together, who goes where, and what leaked after all."""
