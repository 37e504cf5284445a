"""Which texts say nearly the same: shingles, candidate pairs, verified Jaccard similarity.

Every module here imports numpy at its top: import them inside the function that needs them.
"""
