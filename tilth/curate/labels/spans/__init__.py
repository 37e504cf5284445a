"""Whether the labelled spans of a text are the ones that its words speak for.

Modules here import numpy, and some scikit-learn, at their top: import them inside the function that needs them.
"""
