#!/usr/bin/env python3
"""The network: what ecosystem.degree, .components, .core, .cuts, .pagerank and
.network say of graphs.

Expected: by hand; by brute force written from the definitions here (walking,
taking nodes out one after the other, linear equations in fractions); and, of
well-known graphs, what the package networkx says, where it is installed.
"""
import random
import sys
from fractions import Fraction

from cli import Skipped, good, main, rows, same, write

TYPES = ("transaction", "information", "brand", "experience")


def record(edges, name="l", types=TYPES[:1]):
    """A ledger with these edges, of one type after the other."""
    good("init", name)
    write("r.csv", "party,type,other,from\n" + "".join(
        f"{a},{types[i % len(types)]},{b},2024-01-{1 + i % 28:02}\n"
        for i, (a, b) in enumerate(edges)))
    good("import", name, "relation", "r.csv")


def asked(name, *arguments, ledger="l"):
    return rows("measure", ledger, "ecosystem." + name, *arguments)


def column(name, number, *arguments, kind=int, ledger="l"):
    return {row["party"]: kind(row[number])
            for row in asked(name, *arguments, ledger=ledger)}


# ---- brute force, from the definitions ----

def both_ways(edges):
    """Neighbours of every node, whichever way an edge points."""
    near = {}
    for a, b in edges:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    return near


def components(near, without=None):
    found, seen = [], {without}
    for start in sorted(near):
        if start in seen:
            continue
        part, new = {start}, [start]
        while new:
            for other in near[new.pop()] - part - {without}:
                part.add(other)
                new.append(other)
        seen |= part
        found.append(part)
    return found


def cores(near):
    """The largest k whose k-core a node is in: what is left when all with
    fewer than k neighbours left are taken out again and again."""
    number = dict.fromkeys(near, 0)
    for k in range(1, len(near)):
        left = set(near)
        while any(len(near[v] & left) < k for v in left):
            left = {v for v in left if len(near[v] & left) >= k}
        for v in left:
            number[v] = k
    return number


def pieces(near):
    """Into how many parts its component falls without a node."""
    return {v: len(components(near, v)) - len(components(near)) + 1
            for v in near if near[v]}


def ranks(edges, damping):
    """rank = (1 - d) / n + d * (from others + from the lost / n), solved
    exactly by elimination."""
    ways = {}
    for a, b in edges:
        ways.setdefault(a, set()).add(b)
        ways.setdefault(b, set())
    nodes, n = sorted(ways), len(ways)
    d = Fraction(damping)
    matrix = []
    for v in nodes:
        line = []
        for u in nodes:
            share = (Fraction(v in ways[u], len(ways[u])) if ways[u]
                     else Fraction(1, n))
            line.append((1 if u == v else 0) - d * share)
        matrix.append(line + [(1 - d) / n])
    for i in range(n):
        pivot = next(r for r in range(i, n) if matrix[r][i])
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        matrix[i] = [x / matrix[i][i] for x in matrix[i]]
        for r in range(n):
            if r != i and matrix[r][i]:
                factor = matrix[r][i]
                matrix[r] = [x - factor * y
                             for x, y in zip(matrix[r], matrix[i])]
    return {v: matrix[i][n] for i, v in enumerate(nodes)}


def close(found, expected, most=Fraction(1, 10 ** 11)):
    same(sorted(found), sorted(expected))
    for key, value in expected.items():
        if abs(Fraction(found[key]) - value) > most:
            raise AssertionError(f"{key}: {found[key]}, not {float(value)}")


def check_all(edges, ledger="l"):
    """Everything but ranks, against brute force."""
    near = both_ways(edges)
    same(column("degree", "degree", ledger=ledger),
         {v: len(near[v]) for v in near})
    same(column("degree", "out", ledger=ledger),
         {v: len({b for a, b in edges if a == v}) for v in near})
    same(column("degree", "into", ledger=ledger),
         {v: len({a for a, b in edges if b == v}) for v in near})
    same(column("degree", "relations", ledger=ledger),
         {v: sum(v in edge for edge in edges) for v in near})
    same(column("core", "core", ledger=ledger), cores(near))
    same(column("cuts", "pieces", ledger=ledger),
         {v: p for v, p in pieces(near).items() if p > 1})
    parts = components(near)
    same([(row["party"], int(row["parties"]), int(row["pairs"]))
          for row in asked("components", ledger=ledger)],
         [(min(part), len(part), sum(len(near[v]) for v in part) // 2)
          for part in parts])
    [whole] = asked("network", ledger=ledger)
    most = max(map(len, near.values()))
    same({name: whole[name] for name in (
        "parties", "relations", "pairs", "components", "largest", "hub",
        "hub_degree", "core", "cuts")},
        {name: str(value) for name, value in {
            "parties": len(near), "relations": len(edges),
            "pairs": sum(map(len, near.values())) // 2,
            "components": len(parts), "largest": max(map(len, parts)),
            "hub": min(v for v in near if len(near[v]) == most),
            "hub_degree": most, "core": max(cores(near).values()),
            "cuts": sum(p > 1 for p in pieces(near).values())}.items()})


# ---- tests ----

def graphs_by_hand():
    # Two triangles and a bridge of one node between them, and a tail:
    # a b c - x - d e f - t
    record([("a", "b"), ("b", "c"), ("c", "a"), ("c", "x"), ("x", "d"),
            ("d", "e"), ("e", "f"), ("f", "d"), ("f", "t")])
    same(column("core", "core"),
         {"a": 2, "b": 2, "c": 2, "d": 2, "e": 2, "f": 2, "t": 1,
          "x": 2})
    same(column("cuts", "pieces"), {"c": 2, "x": 2, "d": 2, "f": 2})
    [whole] = asked("network")
    same((whole["pairs"], whole["density_num"], whole["density_den"]),
         ("9", "18", "56"))
    # Two that point to each other share all rank; a third that points there
    # has what everybody has: .15 / 3.
    record([("p", "q"), ("q", "p"), ("r", "p")], "two")
    found = column("pagerank", "rank", kind=str, ledger="two")
    same(found["r"], "0.050000000000")
    # p = .05 + .85 (q + .05), q = .05 + .85 p: p = .135 / .2775 rounded up.
    same(found["p"], "0.486486486486")
    same(found["q"], "0.463513513514")


def a_core_is_not_a_degree():
    # A star of many has a large degree and the smallest core; a clique of
    # five has core 4.
    star = [("hub", f"s{i:02}") for i in range(30)]
    clique = [(f"k{i}", f"k{j}") for i in range(5) for j in range(i)]
    record(star + clique)
    found = column("core", "core")
    same((found["hub"], found["s00"], found["k0"]), (1, 1, 4))
    same(column("cuts", "pieces"), {"hub": 30})


def random_graphs_by_brute_force():
    for seed in range(10):
        dice = random.Random(seed)
        nodes = dice.randint(2, 16)
        names = [f"n{i:02}" for i in range(nodes)]
        edges = set()
        for _ in range(dice.randint(1, 3 * nodes)):
            a, b = dice.sample(names, 2)
            edges.add((a, b))
        edges = sorted(edges)
        dice.shuffle(edges)
        ledger = f"g{seed}"
        record(edges, ledger, TYPES[:1 + seed % 4])
        check_all(edges, ledger)
        for damping in ("0.85", "0.5"):
            close(column("pagerank", "rank", "--set", f"damping={damping}",
                         kind=str, ledger=ledger), ranks(edges, damping))
        close(column("pagerank", "rank", "--set", "direction=both", kind=str,
                     ledger=ledger),
              ranks(edges + [(b, a) for a, b in edges], "0.85"))


def types_are_chosen():
    record([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("a", "b")],
           types=TYPES)
    # One of each type, and a second tie of the first pair of the first type.
    same(column("degree", "relations", "--set",
                "types=transaction,information"), {"a": 2, "b": 3, "c": 1})
    [whole] = asked("network", "--set", "types=transaction,information")
    same((whole["types"], whole["pairs"]), ("2", "2"))
    # A type of the host's own counts with the one it is below.
    write("words.json", '[{"kind": "relation", "code": "brand.licence"}]')
    good("import", "l", "definition", "words.json")
    good("post", "l", "relation", "party=c", "type=brand.licence", "other=e",
         "from=2024-02-01")
    same(column("degree", "degree", "--set", "types=brand"),
         {"c": 2, "d": 1, "e": 1})


def merged_ended_and_later_ties():
    record([("a", "b"), ("b", "c"), ("c", "a2")])
    good("post", "l", "relation", "party=a", "type=brand", "other=c",
         "from=2024-02-01", "to=2024-03-01")
    same([row["party"] for row in asked("cuts", "--as-of=2024-01-31")],
         ["b", "c"])
    same(len(asked("cuts", "--as-of=2024-02-01")), 1)  # c, for a2 alone
    same(len(asked("cuts", "--as-of=2024-02-29")), 1)
    same(len(asked("cuts", "--as-of=2024-03-01")), 2)  # half-open
    # a2 is a: a triangle, in which nobody is missed.
    good("post", "l", "link", "party=a", "other=a2", "from=2024-04-01")
    same(asked("cuts", "--as-of=2024-04-01"), [])
    same(column("degree", "degree", "--as-of=2024-04-01"),
         {"a": 2, "b": 2, "c": 2})
    # b is a as well: a tie to oneself is none, and two of c's are one.
    good("post", "l", "link", "party=a", "other=b", "from=2024-05-01")
    same(column("degree", "degree", "--as-of=2024-05-01"), {"a": 1, "c": 1})
    same(column("degree", "degree", "--as-of=2024-04-30")["a"], 2)


def order_of_records_changes_nothing():
    dice = random.Random(7)
    edges = [(f"n{dice.randrange(300):03}", f"n{dice.randrange(300):03}")
             for _ in range(1500)]
    edges = [(a, b) for a, b in edges if a != b]
    record(edges, "one")
    dice.shuffle(edges)
    record(edges, "other")
    for name in ("degree", "components", "core", "cuts", "network",
                 "pagerank"):
        found = [good("measure", ledger, "ecosystem." + name,
                      "--format=csv").out for ledger in ("one", "other")]
        same(found[0], found[1])


def nodes_for_a_select_of_ones_own():
    record([("a", "b"), ("b", "c"), ("d", "e")])
    write("mine.sql", "-- title: Mine\n-- version: 1\n-- window: none\n"
                      "-- column: party party key - who\n"
                      "-- column: component party none - its first\n"
                      "-- column: degree int64 none - ties\n"
                      "-- column: pieces int64 none - without it\n"
                      "-- column: rank decimal none 12 - of 1\n"
                      "SELECT party, component, degree, pieces, rank\n"
                      "FROM network_node('transaction') WHERE core >= 1\n")
    write("words.json",
          '[{"kind": "measure", "code": "my.nodes", "sql": "mine.sql"}]')
    good("import", "l", "definition", "words.json")
    found = rows("measure", "l", "my.nodes")
    same([(r["party"], r["component"], r["degree"], r["pieces"])
          for r in found],
         [("a", "a", "1", "1"), ("b", "a", "2", "2"), ("c", "a", "1", "1"),
          ("d", "d", "1", "1"), ("e", "d", "1", "1")])
    same({r["party"]: r["rank"] for r in found},
         column("pagerank", "rank", kind=str))


def well_known_graphs_as_networkx_has_them():
    try:
        import networkx
    except ImportError:
        raise Skipped("the Python package networkx is not installed")
    graphs = [networkx.karate_club_graph(), networkx.les_miserables_graph(),
              networkx.davis_southern_women_graph(),
              networkx.florentine_families_graph(),
              networkx.petersen_graph(), networkx.barbell_graph(5, 3),
              networkx.gnp_random_graph(200, 0.02, seed=1, directed=True)]
    for at, graph in enumerate(graphs):
        names = {v: f"{v}" for v in graph}
        edges = [(names[a], names[b]) for a, b in graph.edges() if a != b]
        ledger = f"k{at}"
        record(edges, ledger)
        simple, directed = networkx.Graph(edges), networkx.DiGraph(edges)
        same(column("degree", "degree", ledger=ledger),
             dict(simple.degree()))
        same(column("degree", "into", ledger=ledger),
             dict(directed.in_degree()))
        same(column("core", "core", ledger=ledger),
             networkx.core_number(simple))
        same(sorted(column("cuts", "pieces", ledger=ledger)),
             sorted(networkx.articulation_points(simple)))
        same(sorted(int(r["parties"]) for r in asked("components",
                                                     ledger=ledger)),
             sorted(map(len, networkx.connected_components(simple))))
        [whole] = asked("network", ledger=ledger)
        same(abs(float(whole["density"]) - networkx.density(simple)) < 1e-12,
             True)
        for way, of in (("along", directed), ("both", simple)):
            expected = networkx.pagerank(of, tol=1e-15, max_iter=10000)
            close(column("pagerank", "rank", "--set", f"direction={way}",
                         kind=str, ledger=ledger),
                  {v: Fraction(r) for v, r in expected.items()},
                  Fraction(1, 10 ** 10))


TESTS = [graphs_by_hand, a_core_is_not_a_degree,
         random_graphs_by_brute_force, types_are_chosen,
         merged_ended_and_later_ties, order_of_records_changes_nothing,
         nodes_for_a_select_of_ones_own,
         well_known_graphs_as_networkx_has_them]

if __name__ == "__main__":
    sys.exit(main(TESTS))
