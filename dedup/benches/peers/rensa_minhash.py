"""RMinHash of rensa, its fastest sketch without bias, on the shingles of a file of 64-bit little-endian integers.

usage: rensa_minhash.py SHINGLES HASHES RUNS
needs: rensa (0.5) and numpy

The file holds groups of documents: the number of documents, their offsets (one more), their shingles. Prints the seconds
of all groups together, each the least of RUNS, and then for each group, taken as pairs of documents, mean and variance of
the share of equal hashes, and the share of bands of eight that agree.
"""

import sys
import time

import numpy
from rensa import RMinHash

numbers, hashes, runs = numpy.fromfile(sys.argv[1], dtype="<u8"), int(sys.argv[2]), int(sys.argv[3])
seconds, quality, at = 0.0, [], 0
while at < len(numbers):
    documents = int(numbers[at])
    offsets = numbers[at + 1 : at + documents + 2]
    shingles = numbers[at + documents + 2 : at + documents + 2 + int(offsets[-1])]
    at += documents + 2 + int(offsets[-1])
    least = float("inf")
    for _ in range(runs):
        started = time.perf_counter()
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(shingles, offsets, hashes, 1)
        least = min(least, time.perf_counter() - started)
    seconds += least
    if documents % 2 == 0:
        rows = numpy.array(matrix.to_rows())
        equal = rows[0::2] == rows[1::2]
        share = equal.mean(axis=1)
        bands = equal[:, : hashes // 8 * 8].reshape(len(equal), -1, 8).all(axis=2)
        quality.append((share.mean(), share.var(), bands.mean()))
print(seconds)
for mean, variance, bands in quality:
    print(mean, variance, bands)
