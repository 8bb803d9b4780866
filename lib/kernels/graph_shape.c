/*
 * graph_shape.c - what a network hangs together by.
 *
 * Why here:   components, cores and cut vertices say how a circle of
 *             customers holds, and who it would fall apart without.
 * Method:     components: a forest of nodes that point to smaller ones;
 *             threads link two roots, the larger below the smaller, by
 *             compare-and-swap, so that the root of a component is in the
 *             end its smallest node.
 *             cores: nodes are taken off by their number of neighbours left
 *             (Batagelj, Zaversnik 2003), one level after the other.
 *             pieces: a walk in depth; what comes back from a neighbour
 *             without reaching above a node hangs on it alone (Tarjan 1972).
 *             Stacks are arrays: a long chain needs no deep C stack.
 * Invariants: results don't depend on the order of linking, taking off or
 *             walking.
 * Threads:    components; the others are the view's thread.
 */
#include "graph.h"

#include <assert.h>
#include <stdatomic.h>

enum { BLOCK = 65536, NONE = -1 };

/* ---- components ---- */

typedef struct linking {
    const cc_graph *graph;
    _Atomic int32_t *parent;
    int32_t *component;
} linking;

static int32_t
root_of(_Atomic int32_t *parent, int32_t node)
{
    int32_t up = atomic_load_explicit(&parent[node], memory_order_relaxed);
    while (up != node) {
        const int32_t next =
            atomic_load_explicit(&parent[up], memory_order_relaxed);
        /* Halving the way; whoever else writes here writes an ancestor. */
        atomic_store_explicit(&parent[node], next, memory_order_relaxed);
        node = next;
        up = atomic_load_explicit(&parent[node], memory_order_relaxed);
    }
    return node;
}

static void
link_two(_Atomic int32_t *parent, int32_t one, int32_t other)
{
    for (;;) {
        one = root_of(parent, one);
        other = root_of(parent, other);
        if (one == other) {
            return;
        }
        const int32_t low = one < other ? one : other;
        int32_t high = one < other ? other : one;
        if (atomic_compare_exchange_strong(&parent[high], &high, low)) {
            return;
        }
    }
}

static custcap_status
link_block(void *context, int64_t block, int32_t thread,
           custcap_error *error)
{
    const linking *of = context;
    const int64_t end = (block + 1) * BLOCK;
    (void)thread;
    (void)error;
    for (int64_t i = block * BLOCK; i < end && i < of->graph->pair_count;
         i++) {
        const cc_pair *pair = &of->graph->pairs[i];
        if (pair->from >= 0) {
            link_two(of->parent, pair->from, pair->to);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_graph_components(const cc_graph *graph, int32_t *component,
                    custcap_error *error)
{
    assert(graph != NULL && component != NULL);
    linking of = {graph, NULL, component};
    of.parent = cc_new(graph->memory, graph->nodes, sizeof *of.parent);
    if (of.parent == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t v = 0; v < graph->nodes; v++) {
        atomic_init(&of.parent[v], (int32_t)v);
    }
    const custcap_status status = cc_parallel_for(
        graph->threads, (graph->pair_count + BLOCK - 1) / BLOCK, link_block,
        &of, error);
    for (int64_t v = 0; status == CUSTCAP_OK && v < graph->nodes; v++) {
        component[v] = root_of(of.parent, (int32_t)v);
    }
    cc_free(graph->memory, (void *)of.parent);
    return status;
}

/* ---- cores ---- */

typedef struct peeling {
    const cc_lists *lists;
    int32_t *left;  /* neighbours not taken off at a lower level */
    int32_t *rest;  /* nodes not taken off */
    int32_t *queue;
    int64_t rest_count;
} peeling;

/* The fewest neighbours any has left; those that are gone move out. */
static int32_t
fewest_left(peeling *of, int32_t level)
{
    int64_t kept = 0;
    int32_t fewest = INT32_MAX;
    for (int64_t i = 0; i < of->rest_count; i++) {
        const int32_t v = of->rest[i];
        if (of->left[v] > level) {
            fewest = of->left[v] < fewest ? of->left[v] : fewest;
            of->rest[kept++] = v;
        }
    }
    of->rest_count = kept;
    return fewest;
}

static void
peel(peeling *of, int32_t level, int32_t *core)
{
    int64_t count = 0;
    for (int64_t i = 0; i < of->rest_count; i++) {
        if (of->left[of->rest[i]] == level) {
            of->queue[count++] = of->rest[i];
        }
    }
    for (int64_t at = 0; at < count; at++) {
        const int32_t v = of->queue[at];
        core[v] = level;
        for (int64_t i = of->lists->start[v]; i < of->lists->end[v]; i++) {
            const int32_t w = of->lists->node[i];
            if (of->left[w] > level && --of->left[w] == level) {
                of->queue[count++] = w;
            }
        }
    }
}

custcap_status
cc_graph_cores(const cc_graph *graph, int32_t *core, custcap_error *error)
{
    assert(graph != NULL && core != NULL);
    assert(graph->both.start != NULL);
    int32_t *room = cc_new(graph->memory, graph->nodes, 3 * sizeof *room);
    if (room == NULL) {
        return cc_no_memory(error);
    }
    peeling of = {&graph->both, room, room + graph->nodes,
                  room + 2 * graph->nodes, graph->nodes};
    for (int64_t v = 0; v < graph->nodes; v++) {
        of.left[v] = (int32_t)cc_lists_length(&graph->both, v);
        of.rest[v] = (int32_t)v;
    }
    for (int32_t level = fewest_left(&of, -1); of.rest_count > 0;
         level = fewest_left(&of, level)) {
        peel(&of, level, core);
    }
    cc_free(graph->memory, room);
    return CUSTCAP_OK;
}

/* ---- pieces ---- */

typedef struct walking {
    const cc_lists *lists;
    int64_t *next;   /* place in the list of each node on the way */
    int32_t *number; /* when it was first met; NONE: not yet */
    int32_t *low;    /* the smallest number reached from it or below it */
    int32_t *way;    /* from the start to where we are */
    int32_t *pieces;
    int32_t met;
} walking;

static void
enter(walking *of, int32_t v)
{
    of->number[v] = of->low[v] = of->met++;
    of->next[v] = of->lists->start[v];
}

/* Back from a neighbour below: did it reach above v without v? */
static void
come_back(walking *of, int32_t v, int32_t from, int is_start)
{
    if (of->low[from] < of->low[v]) {
        of->low[v] = of->low[from];
    }
    if (is_start || of->low[from] >= of->number[v]) {
        of->pieces[v]++;
    }
}

static void
walk_from(walking *of, int32_t start)
{
    int64_t depth = 0;
    of->way[0] = start;
    enter(of, start);
    of->pieces[start] = 0; /* there is nothing above it */
    while (depth >= 0) {
        const int32_t v = of->way[depth];
        if (of->next[v] == of->lists->end[v]) {
            depth--;
            if (depth >= 0) {
                come_back(of, of->way[depth], v, depth == 0);
            }
            continue;
        }
        const int32_t w = of->lists->node[of->next[v]++];
        if (of->number[w] == NONE) {
            of->way[++depth] = w;
            enter(of, w);
            of->pieces[w] = 1; /* what is above it */
        } else if ((depth == 0 || w != of->way[depth - 1])
                   && of->number[w] < of->low[v]) {
            of->low[v] = of->number[w];
        }
    }
}

custcap_status
cc_graph_pieces(const cc_graph *graph, int32_t *pieces, custcap_error *error)
{
    assert(graph != NULL && pieces != NULL);
    assert(graph->both.start != NULL);
    const int64_t nodes = graph->nodes;
    int64_t *next = cc_new(graph->memory, nodes, sizeof *next);
    int32_t *room = cc_new(graph->memory, nodes, 3 * sizeof *room);
    if (next == NULL || room == NULL) {
        cc_free(graph->memory, next);
        cc_free(graph->memory, room);
        return cc_no_memory(error);
    }
    walking of = {&graph->both, next, room, room + nodes, room + 2 * nodes,
                  pieces, 0};
    for (int64_t v = 0; v < nodes; v++) {
        of.number[v] = NONE;
    }
    for (int64_t v = 0; v < nodes; v++) {
        if (of.number[v] == NONE) {
            walk_from(&of, (int32_t)v);
        }
    }
    cc_free(graph->memory, next);
    cc_free(graph->memory, room);
    return CUSTCAP_OK;
}
