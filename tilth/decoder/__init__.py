"""Columnar files of strangers, decoded in a process of its own: what breaks there breaks nothing here.

A damaged or hostile Parquet or Arrow file can end the process that reads it, or fill its memory: pages, dictionaries
and schemas are unpacked by a large C++ library before anybody can look at them. So this package runs as a program
(`python -m tilth.decoder`): it is handed an open file through a socket, checks and cuts what it reads, and sends back
batches of a bounded size. It imports nothing of Tilth's, to start quickly; the other end is `tilth.formats._decoding`.
"""
