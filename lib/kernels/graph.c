/*
 * graph.c - relations as a network: made for one question.
 *
 * Why here:   every measure of the network asks the same lists; relations
 *             come by party number, one for each kind of tie.
 * Method:     relations in force become pairs of nodes.  Pairs are put in
 *             place by their first node, then twice more the other way
 *             round: walking lists by ascending node fills lists in
 *             ascending order, so nothing is sorted.  Each part of the nodes
 *             is filled by one thread that passes over all pairs (smaller
 *             parts, that stay in a cache, were tried: passing over the pairs
 *             more often costs more).  Then repetitions are taken out where
 *             they are, which leaves gaps.
 * Invariants: the same relations give the same lists, whatever the order of
 *             the records and the number of threads.
 * Threads:    parts and blocks of nodes; each writes its own.
 */
#include "graph.h"

#include "snapshot/relations.h"

#include <assert.h>
#include <stdatomic.h>

enum { BLOCK = 65536, NODE_BLOCK = 4096, PARTS_MAX = 16 };

static int64_t
blocks_of(int64_t count, int64_t block)
{
    return (count + block - 1) / block;
}

/* ---- which types ---- */

typedef struct wanted {
    int32_t all;
    int32_t count;
    int64_t types[CC_GRAPH_TYPES_MAX];
} wanted;

static custcap_status
add_type(const cc_words *words, cc_text code, wanted *of,
         custcap_error *error)
{
    char room[256];
    const int64_t type = cc_words_find(words, CC_W_RELATION, code);
    if (type == 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "'%s' in types is no type of relation; types are "
                       "codes such as upline,supplies with commas between",
                       cc_text_show(code, room));
    }
    int64_t known[CC_GRAPH_TYPES_MAX];
    const int64_t count = cc_words_list(words, CC_W_RELATION, known,
                                        CC_GRAPH_TYPES_MAX);
    for (int64_t i = 0; i < count && i < CC_GRAPH_TYPES_MAX; i++) {
        if (!cc_words_is_a(words, known[i], type)) {
            continue;
        }
        if (of->count == CC_GRAPH_TYPES_MAX) {
            return cc_fail(error, CUSTCAP_LIMIT,
                           "more than %d types of relation are asked for",
                           CC_GRAPH_TYPES_MAX);
        }
        of->types[of->count++] = known[i];
    }
    return CUSTCAP_OK;
}

static custcap_status
read_types(const cc_words *words, cc_text types, wanted *of,
           custcap_error *error)
{
    *of = (wanted){.all = types.data == NULL || types.length == 0};
    if (!of->all
        && cc_words_count(words, CC_W_RELATION) > CC_GRAPH_TYPES_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "there are more than %d types of relation to choose "
                       "from",
                       CC_GRAPH_TYPES_MAX);
    }
    for (int64_t at = 0; !of->all && at <= types.length;) {
        int64_t end = at;
        while (end < types.length && types.data[end] != ',') {
            end++;
        }
        CC_TRY(add_type(words, (cc_text){types.data + at, end - at}, of,
                        error));
        at = end + 1;
    }
    return CUSTCAP_OK;
}

static inline int
is_wanted(const wanted *of, int64_t type)
{
    int found = of->all;
    for (int32_t i = 0; i < of->count && !found; i++) {
        found = of->types[i] == type;
    }
    return found;
}

/* ---- relations become pairs of parties, then of nodes ---- */

typedef struct pairing {
    const cc_view *view;
    const cc_moment *moment;
    const cc_relations *relations;
    const wanted *types;
    int32_t merged;          /* 1: ends have to be resolved */
    int64_t party_count;
    _Atomic uint8_t *used;   /* by party: an end of one in force */
    int32_t *node;           /* by party */
    cc_pair *pairs;
    int64_t *held;           /* by block: relations in force */
} pairing;

static custcap_status
pair_block(void *context, int64_t block, int32_t thread,
           custcap_error *error)
{
    const pairing *of = context;
    const int64_t count = of->relations->count;
    const int64_t end = (block + 1) * BLOCK < count ? (block + 1) * BLOCK
                                                    : count;
    int64_t held = 0;
    (void)thread;
    for (int64_t i = block * BLOCK; i < end; i++) {
        const cc_relation *item = &of->relations->items[i];
        int64_t from = item->party, to = item->other;
        of->pairs[i] = (cc_pair){-1, -1};
        if (!is_wanted(of->types, item->type)
            || !cc_relation_is_in_force(item, of->moment)) {
            continue;
        }
        if (of->merged) {
            from = cc_view_resolve(of->view, from);
            to = cc_view_resolve(of->view, to);
        }
        if (from > of->party_count || to > of->party_count) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "a relation is between #%lld and #%lld, of whom "
                           "one is not recorded",
                           (long long)from, (long long)to);
        }
        if (from != to) {
            of->pairs[i] = (cc_pair){(int32_t)from, (int32_t)to};
            atomic_store_explicit(&of->used[from], 1, memory_order_relaxed);
            atomic_store_explicit(&of->used[to], 1, memory_order_relaxed);
            held++;
        }
    }
    of->held[block] = held;
    return CUSTCAP_OK;
}

static custcap_status
number_block(void *context, int64_t block, int32_t thread,
             custcap_error *error)
{
    const pairing *of = context;
    const int64_t count = of->relations->count;
    const int64_t end = (block + 1) * BLOCK < count ? (block + 1) * BLOCK
                                                    : count;
    (void)thread;
    (void)error;
    for (int64_t i = block * BLOCK; i < end; i++) {
        cc_pair *pair = &of->pairs[i];
        if (pair->from >= 0) {
            *pair = (cc_pair){of->node[pair->from], of->node[pair->to]};
        }
    }
    return CUSTCAP_OK;
}

/* Nodes in display order. */
static custcap_status
number_nodes(const pairing *of, cc_graph *graph, custcap_error *error)
{
    const cc_parties *parties = graph->parties;
    for (int64_t i = 0; i < parties->party_count; i++) {
        graph->nodes += atomic_load_explicit(&of->used[parties->party[i]],
                                             memory_order_relaxed);
    }
    graph->place = cc_new(graph->memory, graph->nodes, sizeof(int32_t));
    if (graph->place == NULL) {
        return cc_no_memory(error);
    }
    int32_t next = 0;
    for (int64_t i = 0; i < parties->party_count; i++) {
        const int32_t party = parties->party[i];
        if (atomic_load_explicit(&of->used[party], memory_order_relaxed)) {
            of->node[party] = next;
            graph->place[next++] = (int32_t)i;
        }
    }
    assert(next == graph->nodes);
    return CUSTCAP_OK;
}

static custcap_status
run_pairing(pairing *of, cc_graph *graph, custcap_error *error)
{
    const int64_t blocks = blocks_of(of->relations->count, BLOCK);
    of->used = cc_zeros(graph->memory, of->party_count + 1, 1);
    of->node = cc_new(graph->memory, of->party_count + 1, sizeof *of->node);
    of->held = cc_zeros(graph->memory, blocks, sizeof *of->held);
    of->pairs = cc_new(graph->memory, of->relations->count,
                       sizeof *of->pairs);
    graph->pairs = of->pairs;
    graph->pair_count = of->relations->count;
    if (of->used == NULL || of->node == NULL || of->held == NULL
        || of->pairs == NULL) {
        return cc_no_memory(error);
    }
    CC_TRY(cc_parallel_for(graph->threads, blocks, pair_block, of, error));
    CC_TRY(number_nodes(of, graph, error));
    for (int64_t i = 0; i < blocks; i++) {
        graph->relations += of->held[i];
    }
    return cc_parallel_for(graph->threads, blocks, number_block, of, error);
}

/* How many types the pairs are of. */
static custcap_status
count_types(const pairing *of, cc_graph *graph, custcap_error *error)
{
    int64_t seen[CC_GRAPH_TYPES_MAX] = {0};
    for (int64_t i = 0; i < of->relations->count; i++) {
        const int64_t type = of->relations->items[i].type;
        int64_t at = 0;
        while (at < graph->types && seen[at] != type) {
            at++;
        }
        if (at < graph->types || of->pairs[i].from < 0) {
            continue;
        }
        if (at == CC_GRAPH_TYPES_MAX) {
            return cc_fail(error, CUSTCAP_LIMIT,
                           "more than %d types of relation are in force; "
                           "choose some by `types`",
                           CC_GRAPH_TYPES_MAX);
        }
        seen[graph->types++] = type;
    }
    return CUSTCAP_OK;
}

static custcap_status
make_pairs(const cc_question *question, const wanted *types, int32_t want,
           cc_graph *graph, custcap_error *error)
{
    cc_view *view = question->view;
    pairing of = {.view = view, .moment = cc_view_moment(view),
                  .types = types,
                  .merged = cc_view_merged_count(view) > 0,
                  .party_count = graph->parties->party_count};
    CC_TRY(cc_view_relations(view, 0, &of.relations, error));
    custcap_status status = run_pairing(&of, graph, error);
    if (status == CUSTCAP_OK && (want & CC_GRAPH_TYPES)) {
        status = count_types(&of, graph, error);
    }
    cc_free(graph->memory, (void *)of.used);
    cc_free(graph->memory, of.node);
    cc_free(graph->memory, of.held);
    return status;
}

/* ---- lists ---- */

/* What lists are filled from: pairs, or the lists of the other way round. */
typedef struct filling {
    const cc_graph *graph;
    const cc_lists *from; /* NULL: the pairs, by their first node */
    cc_lists *to;
    int64_t part_nodes;
} filling;

static void
pass_pairs(const filling *of, int64_t low, int64_t high, int fill)
{
    const cc_graph *graph = of->graph;
    int64_t *start = of->to->start + 1; /* one ahead: see make_lists */
    for (int64_t i = 0; i < graph->pair_count; i++) {
        const int32_t node = graph->pairs[i].from;
        if (node < low || node >= high) {
            continue;
        }
        if (fill) {
            of->to->node[start[node]++] = graph->pairs[i].to;
        } else {
            start[node + 1]++;
        }
    }
}

static void
pass_lists(const filling *of, int64_t low, int64_t high, int fill)
{
    const cc_lists *from = of->from;
    int64_t *start = of->to->start + 1;
    for (int64_t v = 0; v < of->graph->nodes; v++) {
        for (int64_t i = from->start[v]; i < from->end[v]; i++) {
            const int32_t node = from->node[i];
            if (node < low || node >= high) {
                continue;
            }
            if (fill) {
                of->to->node[start[node]++] = (int32_t)v;
            } else {
                start[node + 1]++;
            }
        }
    }
}

static void
pass(const filling *of, int64_t part, int fill)
{
    const int64_t low = part * of->part_nodes;
    const int64_t end = low + of->part_nodes;
    const int64_t high = end < of->graph->nodes ? end : of->graph->nodes;
    if (of->from == NULL) {
        pass_pairs(of, low, high, fill);
    } else {
        pass_lists(of, low, high, fill);
    }
}

static custcap_status
count_part(void *context, int64_t part, int32_t thread, custcap_error *error)
{
    (void)thread;
    (void)error;
    pass(context, part, 0);
    return CUSTCAP_OK;
}

static custcap_status
fill_part(void *context, int64_t part, int32_t thread, custcap_error *error)
{
    (void)thread;
    (void)error;
    pass(context, part, 1);
    return CUSTCAP_OK;
}

static void
lists_free(const cc_memory *memory, cc_lists *lists)
{
    cc_free(memory, lists->start);
    cc_free(memory, lists->end);
    cc_free(memory, lists->node);
    *lists = (cc_lists){NULL, NULL, NULL};
}

static custcap_status
lists_new(const cc_graph *graph, int64_t capacity, cc_lists *lists,
          custcap_error *error)
{
    lists->start = cc_zeros(graph->memory, graph->nodes + 2,
                            sizeof *lists->start);
    lists->end = cc_new(graph->memory, graph->nodes, sizeof *lists->end);
    lists->node = cc_new(graph->memory, capacity, sizeof *lists->node);
    if (lists->start == NULL || lists->end == NULL || lists->node == NULL) {
        return cc_no_memory(error);
    }
    cc_hint_large(lists->node, capacity * (int64_t)sizeof *lists->node);
    return CUSTCAP_OK;
}

/* A part of the nodes for each thread. */
static int64_t
parts_of(const cc_graph *graph)
{
    return graph->threads < 1           ? 1
           : graph->threads > PARTS_MAX ? PARTS_MAX
                                        : graph->threads;
}

/* Counts are kept two places ahead of their node and summed up, so that
 * filling one place ahead leaves the beginnings behind. */
static custcap_status
make_lists(const cc_graph *graph, const cc_lists *from, cc_lists *to,
           custcap_error *error)
{
    const int64_t parts = parts_of(graph);
    filling of = {graph, from, to, blocks_of(graph->nodes, parts)};
    CC_TRY(lists_new(graph, graph->relations, to, error));
    CC_TRY(cc_parallel_for(graph->threads, parts, count_part, &of, error));
    for (int64_t v = 0; v < graph->nodes; v++) {
        to->start[v + 2] += to->start[v + 1];
    }
    assert(to->start[graph->nodes + 1] == graph->relations);
    CC_TRY(cc_parallel_for(graph->threads, parts, fill_part, &of, error));
    for (int64_t v = 0; v < graph->nodes; v++) {
        to->end[v] = to->start[v + 1];
    }
    return CUSTCAP_OK;
}

/* The lists that pairs were put in, once more in ascending order. */
static custcap_status
sort_lists(const cc_graph *graph, const cc_lists *from, cc_lists *to,
           custcap_error *error)
{
    const int64_t parts = parts_of(graph);
    filling of = {graph, from, to, blocks_of(graph->nodes, parts)};
    for (int64_t v = graph->nodes; v >= 0; v--) {
        to->start[v + 1] = to->start[v];
    }
    return cc_parallel_for(graph->threads, parts, fill_part, &of, error);
}

/* ---- each once ---- */

typedef struct joining {
    cc_graph *graph;
    int32_t want;
} joining;

/* Two ascending lists as one, each node once. */
static void
join(const cc_lists *a, const cc_lists *b, cc_lists *to, int64_t v)
{
    int64_t i = a->start[v], j = b->start[v], at = to->start[v];
    const int64_t i_end = a->end[v], j_end = b->end[v];
    int32_t last = -1;
    while (i < i_end && j < j_end) {
        const int32_t one = a->node[i], other = b->node[j];
        const int32_t least = one < other ? one : other;
        to->node[at] = least;
        at += least != last; /* without a branch that nobody can foresee */
        last = least;
        i += one <= other;
        j += other <= one;
    }
    for (; i < i_end; i++) {
        to->node[at] = a->node[i];
        at += a->node[i] != last;
        last = a->node[i];
    }
    for (; j < j_end; j++) {
        to->node[at] = b->node[j];
        at += b->node[j] != last;
        last = b->node[j];
    }
    to->end[v] = at;
}

/* Each node once, where the list is. */
static void
thin(cc_lists *lists, int64_t v)
{
    int64_t at = lists->start[v];
    int32_t last = -1;
    for (int64_t i = at; i < lists->end[v]; i++) {
        const int32_t node = lists->node[i];
        lists->node[at] = node;
        at += node != last;
        last = node;
    }
    lists->end[v] = at;
}

static custcap_status
join_block(void *context, int64_t block, int32_t thread,
           custcap_error *error)
{
    const joining *of = context;
    cc_graph *graph = of->graph;
    const int64_t end = (block + 1) * NODE_BLOCK;
    (void)thread;
    (void)error;
    for (int64_t v = block * NODE_BLOCK; v < end && v < graph->nodes; v++) {
        graph->ties[v] = cc_lists_length(&graph->in, v)
                         + cc_lists_length(&graph->out, v);
        if (of->want & CC_GRAPH_SIMPLE) {
            graph->both.start[v] = graph->in.start[v] + graph->out.start[v];
            join(&graph->in, &graph->out, &graph->both, v);
        }
        if (of->want & CC_GRAPH_DIRECTED) {
            thin(&graph->in, v);
            thin(&graph->out, v);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_graph(cc_graph *graph, int32_t want, custcap_error *error)
{
    CC_TRY(make_lists(graph, NULL, &graph->out, error));
    CC_TRY(cc_view_progress(graph->view, 1, 4, error));
    CC_TRY(make_lists(graph, &graph->out, &graph->in, error));
    CC_TRY(cc_view_progress(graph->view, 2, 4, error));
    CC_TRY(sort_lists(graph, &graph->in, &graph->out, error));
    graph->ties = cc_new(graph->memory, graph->nodes, sizeof *graph->ties);
    if (graph->ties == NULL) {
        return cc_no_memory(error);
    }
    if (want & CC_GRAPH_SIMPLE) {
        CC_TRY(lists_new(graph, 2 * graph->relations, &graph->both, error));
    }
    CC_TRY(cc_view_progress(graph->view, 3, 4, error));
    joining of = {graph, want};
    return cc_parallel_for(graph->threads,
                           blocks_of(graph->nodes, NODE_BLOCK), join_block,
                           &of, error);
}

custcap_status
cc_graph_make_of(const cc_question *question, cc_text types, int32_t want,
                 cc_graph *graph, custcap_error *error)
{
    assert(question != NULL && graph != NULL);
    cc_view *view = question->view;
    wanted chosen;
    *graph = (cc_graph){.view = view, .memory = cc_view_memory(view),
                        .threads = cc_view_threads(view)};
    CC_TRY(read_types(cc_view_words(view), types, &chosen, error));
    CC_TRY(cc_view_parties(view, &graph->parties, error));
    custcap_status status = make_pairs(question, &chosen, want, graph, error);
    if (status == CUSTCAP_OK
        && (want & (CC_GRAPH_DIRECTED | CC_GRAPH_SIMPLE))) {
        status = fill_graph(graph, want, error);
    }
    if (status != CUSTCAP_OK) {
        cc_graph_free(graph);
    }
    return status;
}

custcap_status
cc_graph_make(const cc_question *question, int32_t want, cc_graph *graph,
              custcap_error *error)
{
    assert(question != NULL && graph != NULL);
    const cc_parameter *types = cc_question_parameter(question, "types");
    return cc_graph_make_of(question,
                            types == NULL ? (cc_text){NULL, 0} : types->text,
                            want, graph, error);
}

void
cc_graph_free(cc_graph *graph)
{
    assert(graph != NULL && graph->memory != NULL);
    cc_free(graph->memory, graph->place);
    cc_free(graph->memory, graph->pairs);
    cc_free(graph->memory, graph->ties);
    lists_free(graph->memory, &graph->in);
    lists_free(graph->memory, &graph->out);
    lists_free(graph->memory, &graph->both);
    graph->place = NULL;
    graph->pairs = NULL;
    graph->ties = NULL;
    graph->nodes = graph->pair_count = 0;
}
