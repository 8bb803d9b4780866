#!/usr/bin/env python3
"""network_peer - the answers of network.c beside those of igraph.

Reads network.edges and the answers in the directory given, asks the Python
packages numpy and igraph the same, prints igraph's times and compares: degree,
core, components and cut vertices exactly, PageRank to 1e-10.  Without the
packages nothing is compared.
"""
import csv
import os
import sys
import time

try:
    import igraph
    import numpy
except ImportError as missing:
    print(f"network: {missing.name} is not installed, nothing is compared")
    sys.exit(0)

DIRECTORY = sys.argv[1]
WRONG = []


def column(name, number, kind, count, default):
    """An answer's column by the number in the party's key."""
    values = numpy.full(count, default, dtype=kind)
    with open(os.path.join(DIRECTORY, f"ecosystem.{name}.csv"),
              encoding="ascii") as file:
        for row in csv.DictReader(file):
            values[int(row["party"][1:])] = kind(row[number])
    return values


def timed(what, ask):
    began = time.perf_counter()
    answer = ask()
    print(f"igraph {what:14} {(time.perf_counter() - began) * 1000:7.0f} ms",
          flush=True)
    return answer


def compare(what, ours, theirs, most=0):
    apart = numpy.abs(numpy.asarray(ours) - numpy.asarray(theirs)).max()
    print(f"{what}: {'equal' if apart <= most else 'DIFFERENT'}"
          + (f" to {apart:.1e}" if most else ""))
    if apart > most:
        WRONG.append(what)


def main():
    edges = numpy.fromfile(os.path.join(DIRECTORY, "network.edges"),
                           dtype=numpy.int32).reshape(-1, 2)
    count = int(edges.max()) + 1
    ways = numpy.unique(edges, axis=0)
    directed = timed("load", lambda: igraph.Graph(
        n=count, edges=ways, directed=True))
    simple = timed("simple", lambda: directed.as_undirected())
    used = numpy.zeros(count, dtype=bool)
    used[edges.ravel()] = True
    compare("degree", column("degree", "degree", int, count, 0),
            timed("degree", simple.degree))
    compare("core", column("core", "core", int, count, 0),
            timed("core", simple.coreness))
    parts = timed("components", simple.connected_components).sizes()
    with open(os.path.join(DIRECTORY, "ecosystem.components.csv"),
              encoding="ascii") as file:
        ours = sorted(int(row["parties"]) for row in csv.DictReader(file))
    alone = int((~used).sum())
    compare("components", ours + [0] * (len(parts) - alone - len(ours)),
            sorted(parts)[alone:])
    cuts = numpy.zeros(count, dtype=int)
    cuts[timed("cuts", simple.articulation_points)] = 1
    compare("cuts", column("cuts", "pieces", int, count, 0) > 1, cuts)
    if alone == 0:
        compare("pagerank", column("pagerank", "rank", float, count, 0),
                timed("pagerank", directed.pagerank), 1e-10)
    else:
        kept = directed.induced_subgraph(numpy.flatnonzero(used).tolist())
        compare("pagerank",
                column("pagerank", "rank", float, count, 0)[used],
                timed("pagerank", kept.pagerank), 1e-10)
    sys.exit(1 if WRONG else 0)


main()
