/*
 * graph_rank.c - PageRank.
 *
 * Why here:   who is looked up to by those who are looked up to; the one
 *             number of the network that is no count.
 * Method:     rank'(v) = (1 - d) / n + d * (lost / n + sum of rank(u) /
 *             ways(u) over u -> v), from 1 / n on, where `lost` is the rank
 *             of those without a way out.  A step brings any two ranks d
 *             times nearer, so the last step times d / (1 - d) bounds what
 *             is missing: it ends when that is at most 1e-13.
 * Invariants: a node's sum goes by ascending node, sums over nodes by blocks
 *             of a fixed size: only + - * / in an order that neither threads
 *             nor the order of records change, so the same bits everywhere.
 * Threads:    blocks of nodes.
 */
#include "graph.h"

#include <assert.h>

enum { BLOCK = 4096, STEPS_MAX = 100000 };

#define MISSING_MAX 1e-13

typedef struct ranking {
    const cc_graph *graph;
    const cc_lists *in;   /* who leads to a node */
    const cc_lists *ways; /* where a node leads: only how many */
    double damping;
    double base;          /* what every node gets in this step */
    double *rank, *next;
    double *share;        /* of a node's rank for each way out */
    double *lost, *moved; /* by block */
    int64_t blocks;
} ranking;

static custcap_status
share_block(void *context, int64_t block, int32_t thread,
            custcap_error *error)
{
    const ranking *of = context;
    const int64_t nodes = of->graph->nodes, end = (block + 1) * BLOCK;
    double lost = 0;
    (void)thread;
    (void)error;
    for (int64_t v = block * BLOCK; v < end && v < nodes; v++) {
        const int64_t ways = cc_lists_length(of->ways, v);
        of->share[v] = ways == 0 ? 0 : of->rank[v] / (double)ways;
        lost += ways == 0 ? of->rank[v] : 0;
    }
    of->lost[block] = lost;
    return CUSTCAP_OK;
}

static custcap_status
gather_block(void *context, int64_t block, int32_t thread,
             custcap_error *error)
{
    const ranking *of = context;
    const int64_t nodes = of->graph->nodes, end = (block + 1) * BLOCK;
    const int64_t *start = of->in->start, *stop = of->in->end;
    double moved = 0;
    (void)thread;
    (void)error;
    for (int64_t v = block * BLOCK; v < end && v < nodes; v++) {
        double sum = 0;
        for (int64_t i = start[v]; i < stop[v]; i++) {
            sum += of->share[of->in->node[i]];
        }
        of->next[v] = of->base + of->damping * sum;
        moved += of->next[v] > of->rank[v] ? of->next[v] - of->rank[v]
                                           : of->rank[v] - of->next[v];
    }
    of->moved[block] = moved;
    return CUSTCAP_OK;
}

static double
sum_of(const double *values, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum;
}

static custcap_status
step(ranking *of, double *moved, custcap_error *error)
{
    const double nodes = (double)of->graph->nodes;
    CC_TRY(cc_parallel_for(of->graph->threads, of->blocks, share_block, of,
                           error));
    of->base = (1 - of->damping) / nodes
               + of->damping * sum_of(of->lost, of->blocks) / nodes;
    CC_TRY(cc_parallel_for(of->graph->threads, of->blocks, gather_block, of,
                           error));
    *moved = sum_of(of->moved, of->blocks);
    double *swap = of->rank;
    of->rank = of->next;
    of->next = swap;
    return CUSTCAP_OK;
}

static custcap_status
run(ranking *of, custcap_error *error)
{
    const int64_t nodes = of->graph->nodes;
    const double factor = of->damping / (1 - of->damping);
    for (int64_t v = 0; v < nodes; v++) {
        of->rank[v] = 1 / (double)nodes;
    }
    for (int64_t i = 0; i < STEPS_MAX; i++) {
        double moved = 0;
        CC_TRY(step(of, &moved, error));
        CC_TRY(cc_view_progress(of->graph->view, i, 0, error));
        if (moved * factor <= MISSING_MAX) {
            return CUSTCAP_OK;
        }
    }
    return cc_fail(error, CUSTCAP_LIMIT,
                   "ranks still moved after %d steps; a smaller damping "
                   "ends sooner",
                   STEPS_MAX);
}

custcap_status
cc_graph_rank(const cc_graph *graph, double damping, int32_t undirected,
              double *rank, custcap_error *error)
{
    assert(graph != NULL && rank != NULL);
    assert(damping >= 0 && damping < 1);
    const int64_t nodes = graph->nodes;
    const cc_memory *memory = graph->memory;
    ranking of = {.graph = graph,
                  .in = undirected ? &graph->both : &graph->in,
                  .ways = undirected ? &graph->both : &graph->out,
                  .damping = damping,
                  .blocks = (nodes + BLOCK - 1) / BLOCK};
    double *room = cc_new(memory, nodes, 3 * sizeof *room);
    double *sums = cc_zeros(memory, of.blocks, 2 * sizeof *sums);
    custcap_status status = CUSTCAP_OK;
    if (room == NULL || sums == NULL) {
        status = cc_no_memory(error);
    } else if (nodes > 0) {
        of.rank = room;
        of.next = room + nodes;
        of.share = room + 2 * nodes;
        of.lost = sums;
        of.moved = sums + of.blocks;
        status = run(&of, error);
        for (int64_t v = 0; status == CUSTCAP_OK && v < nodes; v++) {
            rank[v] = of.rank[v];
        }
    }
    cc_free(memory, room);
    cc_free(memory, sums);
    return status;
}
