"""Whole blocks at once: rows as columns of texts, made and written without an object for every value.

A block of a file is cut by numpy, held and joined by Arrow. Each reader here proves that the block is exactly what it
takes it for, byte by byte; where it cannot, it raises `Surprise`, and the loop that goes row by row decides instead.
So speed never decides what a value is.
"""
