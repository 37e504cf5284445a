"""Whether the label of a row is the one that its text speaks for.

Modules here import numpy, and some scikit-learn, at their top: import them inside the function that needs them.
"""
