"""Ways to take some rows of many: at random, the best, or those that cover all."""
