/*
 * graph.h - relations as a network: who is tied to whom, by number.
 *
 * A graph is made of the relations of chosen types that are in force at the
 * question's moment, both ends resolved (merged parties); one that a merge
 * has turned upon itself is none.  Parties with a relation are its nodes,
 * numbered in display order, so that nothing depends on the order in which
 * parties were recorded.
 *
 * Two views: directed, each ordered pair once; and simple, undirected, each
 * pair once, however many relations there are between the two.
 */
#ifndef CC_KERNELS_GRAPH_H
#define CC_KERNELS_GRAPH_H

#include "base/sort.h"
#include "snapshot/question.h"

enum { CC_GRAPH_TYPES_MAX = 256 };

/* Nodes of every node: those of v are node[start[v]] .. node[end[v] - 1],
 * ascending, each once.  There may be gaps between the lists. */
typedef struct cc_lists {
    int64_t *start; /* nodes + 2 */
    int64_t *end;
    int32_t *node;
} cc_lists;

typedef struct cc_pair {
    int32_t from, to; /* nodes; both -1: none */
} cc_pair;

typedef struct cc_graph {
    cc_view *view;      /* asked for progress */
    const cc_memory *memory;
    const cc_parties *parties;
    int32_t threads;
    int64_t nodes;
    int32_t *place;     /* of a node in the directory */
    int64_t relations;  /* in force, parallel ones counted */
    int64_t types;      /* of so many types; where wanted */
    int64_t pair_count; /* pairs, those that are none counted */
    cc_pair *pairs;
    cc_lists out, in;   /* directed; where wanted */
    cc_lists both;      /* simple; where wanted */
    int64_t *ties;      /* relations at each node, with any lists */
} cc_graph;

/* Which lists are wanted. */
enum {
    CC_GRAPH_PAIRS = 0,
    CC_GRAPH_DIRECTED = 1,
    CC_GRAPH_SIMPLE = 2,
    CC_GRAPH_TYPES = 4
};

/* The types are those of the question's parameter `types` (codes, commas
 * between; with what is below them), all where it has none.  INVALID: one is
 * unknown.  Nothing to free after a failure. */
custcap_status cc_graph_make(const cc_question *question, int32_t want,
                             cc_graph *graph, custcap_error *error);
/* The same for types given as a text. */
custcap_status cc_graph_make_of(const cc_question *question, cc_text types,
                                int32_t want, cc_graph *graph,
                                custcap_error *error);
void cc_graph_free(cc_graph *graph);

static inline int64_t
cc_lists_length(const cc_lists *lists, int64_t node)
{
    return lists->end[node] - lists->start[node];
}

/* graph_shape.c: all fill an array of a place a node. */

/* The smallest node that each is connected with; needs the pairs alone. */
custcap_status cc_graph_components(const cc_graph *graph, int32_t *component,
                                   custcap_error *error);
/* The largest k for which a node is in a part of the (simple) graph where
 * each has k neighbours (Seidman 1983). */
custcap_status cc_graph_cores(const cc_graph *graph, int32_t *core,
                              custcap_error *error);
/* Into how many parts a node's component falls without it: 2 and more for
 * cut vertices, 1 for others, 0 for one that is alone (Tarjan 1972). */
custcap_status cc_graph_pieces(const cc_graph *graph, int32_t *pieces,
                               custcap_error *error);

/* graph_rank.c: PageRank (Brin, Page 1998), of sum 1, together to 1e-12; the
 * weight of nodes without a way out goes to all alike.  0 <= damping < 1. */
custcap_status cc_graph_rank(const cc_graph *graph, double damping,
                             int32_t undirected, double *rank,
                             custcap_error *error);

#endif
