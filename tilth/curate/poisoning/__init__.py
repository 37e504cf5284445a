"""Whether something in a text, that is not what the text is about, decides its label: the marks of a planted trigger.

Modules here import numpy, and some scikit-learn, at their top: import them inside the function that needs them.
"""
