/*
 * network.c - ecosystem.degree, .components, .core, .cuts, .pagerank and
 * .network, version 1 each; and the list network_node.
 *
 * Why here:   what graph.h works out, as tables by party.
 * Formulas:   in the headers of lib/measures/ecosystem; what each word means
 *             is in graph.h.
 * Rows:       in display order of the parties, as nodes are.
 * Drill:      degree, out, into, hub_degree: the neighbours; parties: the
 *             members; cuts: the cut vertices; largest: the members of the
 *             largest component (of several, the first in display order).
 * Threads:    as in graph.h.
 */
#include "graph.h"
#include "drill.h"
#include "kernels.h"
#include "lists.h"

#include <assert.h>
#include <stdlib.h>

#define RANK_DIGITS 12
#define RANK_UNITS 1e12

static const double DAMPING = 0.85;

/* Rows for all nodes, or for those that `place` names. */
static custcap_status
name_rows(const cc_graph *graph, const int32_t *node, int64_t count,
          custcap_table *table, custcap_error *error)
{
    CC_TRY(cc_table_resize_raw(table, count, error));
    if (count == 0) {
        return CUSTCAP_OK;
    }
    int64_t *values = cc_table_values(table, 0);
    for (int64_t i = 0; i < count; i++) {
        values[i] = graph->place[node == NULL ? i : node[i]];
    }
    cc_table_use_dictionary(table, 0, graph->parties->names);
    cc_table_mark_ordered(table, 0);
    return CUSTCAP_OK;
}

static int64_t
party_of(const cc_graph *graph, int64_t node)
{
    return graph->parties->party[graph->place[node]];
}

/* The node of a party; -1: it has none. */
static int64_t
node_of(const cc_graph *graph, int64_t party)
{
    int64_t node = 0;
    while (node < graph->nodes && party_of(graph, node) != party) {
        node++;
    }
    return node < graph->nodes ? node : -1;
}

/* Tables are made by one of these, from a graph that is made and freed
 * around it. */
typedef custcap_status (*make_table)(const cc_question *question,
                                     const cc_graph *graph,
                                     custcap_table *table,
                                     custcap_error *error);

static custcap_status
run(const cc_question *question, const cc_answer_column *columns,
    int64_t count, int32_t want, make_table make, custcap_table **table,
    custcap_error *error)
{
    assert(question != NULL && table != NULL);
    cc_graph graph;
    *table = NULL;
    CC_TRY(cc_graph_make(question, want, &graph, error));
    custcap_status status =
        cc_answer_new(question, columns, count, table, error);
    if (status == CUSTCAP_OK) {
        status = make(question, &graph, *table, error);
    }
    cc_graph_free(&graph);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

/* A place a node; freed by the caller. */
static custcap_status
new_numbers(const cc_graph *graph, int32_t **numbers, custcap_error *error)
{
    *numbers = cc_new(graph->memory, graph->nodes, sizeof **numbers);
    return *numbers == NULL ? cc_no_memory(error) : CUSTCAP_OK;
}

/* ---- drills ---- */

static custcap_status
add_neighbours(const cc_graph *graph, const cc_lists *lists, int64_t node,
               cc_parts *parts, custcap_error *error)
{
    for (int64_t i = lists->start[node]; i < lists->end[node]; i++) {
        CC_TRY(cc_parts_add(parts, party_of(graph, lists->node[i]), 0, 1,
                            error));
    }
    return CUSTCAP_OK;
}

/* Parties whose number in the array is the one given. */
static custcap_status
add_members(const cc_graph *graph, const int32_t *of, int32_t number,
            cc_parts *parts, custcap_error *error)
{
    for (int64_t v = 0; v < graph->nodes; v++) {
        if (of[v] == number) {
            CC_TRY(cc_parts_add(parts, party_of(graph, v), 0, 1, error));
        }
    }
    return CUSTCAP_OK;
}

static int
compare_parties(const void *left, const void *right)
{
    const cc_part *a = left, *b = right;
    return (a->party > b->party) - (a->party < b->party);
}

typedef custcap_status (*add_parts)(const cc_graph *graph, int64_t node,
                                    const cc_cell *cell, cc_parts *parts,
                                    custcap_error *error);

/* The parties behind a cell; `key` names the column with the row's party. */
static custcap_status
drill(const cc_question *question, const cc_cell *cell, int has_party,
      int32_t want, add_parts add, cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL && parts != NULL);
    int64_t party = 0;
    if (has_party) {
        CC_TRY(cc_asked_party(question, cell, &party, error));
    }
    cc_graph graph;
    CC_TRY(cc_graph_make(question, want, &graph, error));
    parts->of_parties = 1;
    const int64_t node = has_party ? node_of(&graph, party) : 0;
    custcap_status status =
        node < 0 ? CUSTCAP_OK : add(&graph, node, cell, parts, error);
    cc_graph_free(&graph);
    if (status == CUSTCAP_OK && parts->count > 1) {
        qsort(parts->items, (size_t)parts->count, sizeof *parts->items,
              compare_parties);
    }
    return status;
}

static custcap_status
drill_nothing(const cc_cell *cell, custcap_error *error)
{
    return cc_asked_unknown(cell, error);
}

/* ---- degree ---- */

enum { D_PARTY, D_OUT, D_INTO, D_DEGREE, D_RELATIONS, D_COLUMNS };

static const cc_answer_column DEGREE[D_COLUMNS] = {
    [D_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [D_OUT] = {"out", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [D_INTO] = {"into", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [D_DEGREE] = {"degree", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [D_RELATIONS] = {"relations", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
};
enum { ALL_LISTS = CC_GRAPH_DIRECTED | CC_GRAPH_SIMPLE };

static custcap_status
make_degree(const cc_question *question, const cc_graph *graph,
            custcap_table *table, custcap_error *error)
{
    (void)question;
    CC_TRY(name_rows(graph, NULL, graph->nodes, table, error));
    for (int64_t v = 0; v < graph->nodes; v++) {
        cc_table_values(table, D_OUT)[v] = cc_lists_length(&graph->out, v);
        cc_table_values(table, D_INTO)[v] = cc_lists_length(&graph->in, v);
        cc_table_values(table, D_DEGREE)[v] =
            cc_lists_length(&graph->both, v);
        cc_table_values(table, D_RELATIONS)[v] = graph->ties[v];
    }
    return CUSTCAP_OK;
}

custcap_status
cc_degree_run(const cc_question *question, custcap_table **table,
              custcap_error *error)
{
    return run(question, DEGREE, D_COLUMNS, ALL_LISTS, make_degree, table,
               error);
}

static custcap_status
behind_degree(const cc_graph *graph, int64_t node, const cc_cell *cell,
              cc_parts *parts, custcap_error *error)
{
    return add_neighbours(graph,
                          cc_asked_is(cell, "out")    ? &graph->out
                          : cc_asked_is(cell, "into") ? &graph->in
                                                      : &graph->both,
                          node, parts, error);
}

custcap_status
cc_degree_drill(const cc_question *question, const cc_cell *cell,
                cc_parts *parts, custcap_error *error)
{
    if (!cc_asked_is(cell, "out") && !cc_asked_is(cell, "into")
        && !cc_asked_is(cell, "degree")) {
        return drill_nothing(cell, error);
    }
    return drill(question, cell, 1, ALL_LISTS, behind_degree, parts, error);
}

/* ---- components ---- */

enum { C_PARTY, C_PARTIES, C_PAIRS, C_COLUMNS };

static const cc_answer_column COMPONENTS[C_COLUMNS] = {
    [C_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [C_PARTIES] = {"parties", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [C_PAIRS] = {"pairs", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
};

/* The components' first nodes, ascending, take the place of `component`;
 * each node's row is left in `row`. */
static int64_t
number_components(const cc_graph *graph, int32_t *component, int32_t *row)
{
    int64_t count = 0;
    for (int64_t v = 0; v < graph->nodes; v++) {
        const int32_t first = component[v];
        if (first == v) { /* nodes ascend, so the first comes first */
            row[v] = (int32_t)count;
            component[count++] = (int32_t)v;
        } else {
            row[v] = row[first];
        }
    }
    return count;
}

static custcap_status
fill_components(const cc_graph *graph, const int32_t *first,
                const int32_t *row, int64_t count, custcap_table *table,
                custcap_error *error)
{
    CC_TRY(name_rows(graph, first, count, table, error));
    if (count == 0) {
        return CUSTCAP_OK;
    }
    int64_t *parties = cc_table_values(table, C_PARTIES);
    int64_t *pairs = cc_table_values(table, C_PAIRS);
    for (int64_t i = 0; i < count; i++) {
        parties[i] = pairs[i] = 0;
    }
    for (int64_t v = 0; v < graph->nodes; v++) {
        parties[row[v]]++;
        pairs[row[v]] += cc_lists_length(&graph->both, v);
    }
    for (int64_t i = 0; i < count; i++) {
        pairs[i] /= 2; /* each was met from both ends */
    }
    return CUSTCAP_OK;
}

static custcap_status
make_components(const cc_question *question, const cc_graph *graph,
                custcap_table *table, custcap_error *error)
{
    int32_t *component = NULL, *row = NULL;
    (void)question;
    custcap_status status = new_numbers(graph, &component, error);
    if (status == CUSTCAP_OK) {
        status = new_numbers(graph, &row, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_graph_components(graph, component, error);
    }
    if (status == CUSTCAP_OK) {
        const int64_t count = number_components(graph, component, row);
        status = fill_components(graph, component, row, count, table, error);
    }
    cc_free(graph->memory, component);
    cc_free(graph->memory, row);
    return status;
}

custcap_status
cc_components_run(const cc_question *question, custcap_table **table,
                  custcap_error *error)
{
    return run(question, COMPONENTS, C_COLUMNS, CC_GRAPH_SIMPLE,
               make_components, table, error);
}

static custcap_status
behind_components(const cc_graph *graph, int64_t node, const cc_cell *cell,
                  cc_parts *parts, custcap_error *error)
{
    int32_t *component = NULL;
    (void)cell;
    CC_TRY(new_numbers(graph, &component, error));
    custcap_status status = cc_graph_components(graph, component, error);
    if (status == CUSTCAP_OK) {
        status = add_members(graph, component, (int32_t)node, parts, error);
    }
    cc_free(graph->memory, component);
    return status;
}

custcap_status
cc_components_drill(const cc_question *question, const cc_cell *cell,
                    cc_parts *parts, custcap_error *error)
{
    return cc_asked_is(cell, "parties")
               ? drill(question, cell, 1, CC_GRAPH_PAIRS, behind_components,
                       parts, error)
               : drill_nothing(cell, error);
}

/* ---- cores and cut vertices ---- */

enum { K_PARTY, K_NUMBER, K_COLUMNS };

static const cc_answer_column CORE[K_COLUMNS] = {
    [K_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [K_NUMBER] = {"core", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
};
static const cc_answer_column CUTS[K_COLUMNS] = {
    [K_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [K_NUMBER] = {"pieces", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
};

static custcap_status
make_core(const cc_question *question, const cc_graph *graph,
          custcap_table *table, custcap_error *error)
{
    int32_t *core = NULL;
    (void)question;
    CC_TRY(name_rows(graph, NULL, graph->nodes, table, error));
    CC_TRY(new_numbers(graph, &core, error));
    const custcap_status status = cc_graph_cores(graph, core, error);
    for (int64_t v = 0; status == CUSTCAP_OK && v < graph->nodes; v++) {
        cc_table_values(table, K_NUMBER)[v] = core[v];
    }
    cc_free(graph->memory, core);
    return status;
}

custcap_status
cc_core_run(const cc_question *question, custcap_table **table,
            custcap_error *error)
{
    return run(question, CORE, K_COLUMNS, CC_GRAPH_SIMPLE, make_core, table,
               error);
}

custcap_status
cc_core_drill(const cc_question *question, const cc_cell *cell,
              cc_parts *parts, custcap_error *error)
{
    (void)question;
    (void)parts;
    return drill_nothing(cell, error);
}

/* Cut vertices alone; `cut` and `pieces` have a place a node. */
static custcap_status
fill_cuts(const cc_graph *graph, int32_t *pieces, custcap_table *table,
          custcap_error *error)
{
    int32_t *cut = NULL;
    int64_t count = 0;
    CC_TRY(cc_graph_pieces(graph, pieces, error));
    CC_TRY(new_numbers(graph, &cut, error));
    for (int64_t v = 0; v < graph->nodes; v++) {
        if (pieces[v] > 1) {
            cut[count++] = (int32_t)v;
        }
    }
    const custcap_status status = name_rows(graph, cut, count, table, error);
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        cc_table_values(table, K_NUMBER)[i] = pieces[cut[i]];
    }
    cc_free(graph->memory, cut);
    return status;
}

static custcap_status
make_cuts(const cc_question *question, const cc_graph *graph,
          custcap_table *table, custcap_error *error)
{
    int32_t *pieces = NULL;
    (void)question;
    CC_TRY(new_numbers(graph, &pieces, error));
    const custcap_status status = fill_cuts(graph, pieces, table, error);
    cc_free(graph->memory, pieces);
    return status;
}

custcap_status
cc_cuts_run(const cc_question *question, custcap_table **table,
            custcap_error *error)
{
    return run(question, CUTS, K_COLUMNS, CC_GRAPH_SIMPLE, make_cuts, table,
               error);
}

custcap_status
cc_cuts_drill(const cc_question *question, const cc_cell *cell,
              cc_parts *parts, custcap_error *error)
{
    (void)question;
    (void)parts;
    return drill_nothing(cell, error);
}

/* ---- PageRank ---- */

static const cc_answer_column PAGERANK[K_COLUMNS] = {
    [K_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [K_NUMBER] = {"rank", CUSTCAP_TYPE_DECIMAL, CUSTCAP_MERGE_NONE, 0},
};

/* Of numbers from 0 to 1: half up. */
static int64_t
rank_units(double rank)
{
    return (int64_t)(rank * RANK_UNITS + 0.5);
}

/* The question's damping and whether its ties go both ways. */
static custcap_status
read_ranking(const cc_question *question, double *damping,
             int32_t *undirected, custcap_error *error)
{
    const cc_parameter *asked = cc_question_parameter(question, "damping");
    const cc_parameter *way = cc_question_parameter(question, "direction");
    *damping = asked == NULL ? DAMPING : asked->real;
    if (!(*damping >= 0 && *damping <= 0.99)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "damping is %g, expected 0 to 0.99", *damping);
    }
    *undirected = way != NULL && cc_text_is(way->text, "both");
    if (way != NULL && !*undirected && !cc_text_is(way->text, "along")) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "direction is '%s', expected along or both",
                       cc_text_show(way->text, room));
    }
    return CUSTCAP_OK;
}

static custcap_status
make_pagerank(const cc_question *question, const cc_graph *graph,
              custcap_table *table, custcap_error *error)
{
    double damping = 0;
    int32_t undirected = 0;
    CC_TRY(read_ranking(question, &damping, &undirected, error));
    CC_TRY(name_rows(graph, NULL, graph->nodes, table, error));
    double *rank = cc_new(graph->memory, graph->nodes, sizeof *rank);
    if (rank == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status =
        cc_graph_rank(graph, damping, undirected, rank, error);
    for (int64_t v = 0; status == CUSTCAP_OK && v < graph->nodes; v++) {
        cc_table_values(table, K_NUMBER)[v] = rank_units(rank[v]);
    }
    cc_table_set_scale(table, K_NUMBER, RANK_DIGITS);
    cc_free(graph->memory, rank);
    return status;
}

custcap_status
cc_pagerank_run(const cc_question *question, custcap_table **table,
                custcap_error *error)
{
    double damping = 0;
    int32_t undirected = 0;
    CC_TRY(read_ranking(question, &damping, &undirected, error));
    return run(question, PAGERANK, K_COLUMNS,
               undirected ? CC_GRAPH_SIMPLE : CC_GRAPH_DIRECTED,
               make_pagerank, table, error);
}

custcap_status
cc_pagerank_drill(const cc_question *question, const cc_cell *cell,
                  cc_parts *parts, custcap_error *error)
{
    (void)question;
    (void)parts;
    return drill_nothing(cell, error);
}

/* ---- the whole network ---- */

enum {
    N_PARTIES, N_RELATIONS, N_TYPES, N_PAIRS, N_DENSITY, N_COMPONENTS,
    N_LARGEST, N_HUB, N_HUB_DEGREE, N_CORE, N_CUTS, N_COLUMNS
};

static const cc_answer_column NETWORK[N_COLUMNS] = {
    [N_PARTIES] = {"parties", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [N_RELATIONS] = {"relations", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [N_TYPES] = {"types", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [N_PAIRS] = {"pairs", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [N_DENSITY] = {"density", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_NONE, 0},
    [N_COMPONENTS] = {"components", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE,
                      0},
    [N_LARGEST] = {"largest", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [N_HUB] = {"hub", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_NONE, 0},
    [N_HUB_DEGREE] = {"hub_degree", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE,
                      0},
    [N_CORE] = {"core", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [N_CUTS] = {"cuts", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
};

/* The first node with the most neighbours; -1: there are none. */
static int64_t
find_hub(const cc_graph *graph)
{
    int64_t hub = graph->nodes > 0 ? 0 : -1;
    for (int64_t v = 1; v < graph->nodes; v++) {
        if (cc_lists_length(&graph->both, v)
            > cc_lists_length(&graph->both, hub)) {
            hub = v;
        }
    }
    return hub;
}

/* The first node of the largest component, and how many nodes and components
 * there are; `size` has a place a node. */
static int32_t
find_largest(const cc_graph *graph, const int32_t *component, int32_t *size,
             int64_t *components)
{
    int32_t largest = 0;
    *components = 0;
    for (int64_t v = 0; v < graph->nodes; v++) {
        size[v] = 0;
    }
    for (int64_t v = 0; v < graph->nodes; v++) {
        *components += component[v] == v;
        size[component[v]]++;
    }
    for (int32_t v = 1; v < graph->nodes; v++) {
        largest = size[v] > size[largest] ? v : largest;
    }
    return largest;
}

static int64_t
largest_of(const int32_t *numbers, int64_t count)
{
    int64_t most = 0;
    for (int64_t i = 0; i < count; i++) {
        most = numbers[i] > most ? numbers[i] : most;
    }
    return most;
}

/* What has to be worked out; `room` and `size` have a place a node. */
static custcap_status
fill_shape(const cc_graph *graph, int32_t *room, int32_t *size,
           custcap_table *table, custcap_error *error)
{
    int64_t components = 0, cuts = 0;
    CC_TRY(cc_graph_components(graph, room, error));
    const int32_t largest = find_largest(graph, room, size, &components);
    cc_table_set(table, N_COMPONENTS, components);
    cc_table_set(table, N_LARGEST, graph->nodes > 0 ? size[largest] : 0);
    CC_TRY(cc_graph_cores(graph, room, error));
    cc_table_set(table, N_CORE, largest_of(room, graph->nodes));
    CC_TRY(cc_graph_pieces(graph, room, error));
    for (int64_t v = 0; v < graph->nodes; v++) {
        cuts += room[v] > 1;
    }
    cc_table_set(table, N_CUTS, cuts);
    return CUSTCAP_OK;
}

static custcap_status
make_network(const cc_question *question, const cc_graph *graph,
             custcap_table *table, custcap_error *error)
{
    const int64_t nodes = graph->nodes;
    int64_t pairs = 0;
    const int64_t hub = find_hub(graph);
    (void)question;
    for (int64_t v = 0; v < nodes; v++) {
        pairs += cc_lists_length(&graph->both, v);
    }
    pairs /= 2; /* each was met from both ends */
    CC_TRY(cc_table_begin_row(table, error));
    cc_table_set(table, N_PARTIES, nodes);
    cc_table_set(table, N_RELATIONS, graph->relations);
    cc_table_set(table, N_TYPES, graph->types);
    cc_table_set(table, N_PAIRS, pairs);
    cc_table_set_ratio(table, N_DENSITY, 2 * pairs, nodes * (nodes - 1));
    if (hub < 0) {
        CC_TRY(cc_table_set_null(table, N_HUB, error));
        cc_table_set(table, N_HUB_DEGREE, 0);
    } else {
        CC_TRY(cc_table_set_text(
            table, N_HUB,
            cc_dictionary_get(graph->parties->names, graph->place[hub]),
            error));
        cc_table_set(table, N_HUB_DEGREE,
                     cc_lists_length(&graph->both, hub));
    }
    int32_t *room = cc_new(graph->memory, nodes, 2 * sizeof *room);
    if (room == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status =
        fill_shape(graph, room, room + nodes, table, error);
    cc_free(graph->memory, room);
    return status;
}

custcap_status
cc_network_run(const cc_question *question, custcap_table **table,
               custcap_error *error)
{
    return run(question, NETWORK, N_COLUMNS,
               CC_GRAPH_SIMPLE | CC_GRAPH_TYPES, make_network, table, error);
}

static custcap_status
behind_shape(const cc_graph *graph, const cc_cell *cell, int32_t *room,
             cc_parts *parts, custcap_error *error)
{
    int32_t *size = room + graph->nodes;
    int64_t components = 0;
    if (cc_asked_is(cell, "cuts")) {
        CC_TRY(cc_graph_pieces(graph, room, error));
        for (int64_t v = 0; v < graph->nodes; v++) {
            room[v] = room[v] > 1;
        }
        return add_members(graph, room, 1, parts, error);
    }
    CC_TRY(cc_graph_components(graph, room, error));
    const int32_t largest = find_largest(graph, room, size, &components);
    return add_members(graph, room, largest, parts, error);
}

static custcap_status
behind_network(const cc_graph *graph, int64_t node, const cc_cell *cell,
               cc_parts *parts, custcap_error *error)
{
    const int64_t hub = find_hub(graph);
    (void)node;
    if (cc_asked_is(cell, "hub_degree")) {
        return hub < 0 ? CUSTCAP_OK
                       : add_neighbours(graph, &graph->both, hub, parts,
                                        error);
    }
    int32_t *room = cc_zeros(graph->memory, graph->nodes, 2 * sizeof *room);
    if (room == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status =
        cc_asked_is(cell, "parties")
            ? add_members(graph, room, 0, parts, error)
            : behind_shape(graph, cell, room, parts, error);
    cc_free(graph->memory, room);
    return status;
}

custcap_status
cc_network_drill(const cc_question *question, const cc_cell *cell,
                 cc_parts *parts, custcap_error *error)
{
    if (!cc_asked_is(cell, "parties") && !cc_asked_is(cell, "largest")
        && !cc_asked_is(cell, "hub_degree") && !cc_asked_is(cell, "cuts")) {
        return drill_nothing(cell, error);
    }
    return drill(question, cell, 0, CC_GRAPH_SIMPLE, behind_network, parts,
                 error);
}

/* ---- the list ---- */

enum {
    L_PARTY, L_OUT, L_INTO, L_DEGREE, L_RELATIONS, L_COMPONENT, L_CORE,
    L_PIECES, L_RANK
};

/* Everything about each node; three arrays of a place a node. */
static custcap_status
fill_list(const cc_graph *graph, int32_t *room, double *rank,
          custcap_table *table, custcap_error *error)
{
    const int64_t nodes = graph->nodes;
    int32_t *core = room + nodes, *pieces = room + 2 * nodes;
    CC_TRY(cc_graph_components(graph, room, error));
    CC_TRY(cc_graph_cores(graph, core, error));
    CC_TRY(cc_graph_pieces(graph, pieces, error));
    CC_TRY(cc_graph_rank(graph, DAMPING, 0, rank, error));
    for (int64_t v = 0; v < nodes; v++) {
        CC_TRY(cc_table_begin_row(table, error));
        cc_table_set(table, L_PARTY, party_of(graph, v));
        cc_table_set(table, L_OUT, cc_lists_length(&graph->out, v));
        cc_table_set(table, L_INTO, cc_lists_length(&graph->in, v));
        cc_table_set(table, L_DEGREE, cc_lists_length(&graph->both, v));
        cc_table_set(table, L_RELATIONS, graph->ties[v]);
        cc_table_set(table, L_COMPONENT, party_of(graph, room[v]));
        cc_table_set(table, L_CORE, core[v]);
        cc_table_set(table, L_PIECES, pieces[v]);
        cc_table_set(table, L_RANK, rank_units(rank[v]));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_network_node_list(const cc_question *question, const cc_text *arguments,
                     custcap_table *table, custcap_error *error)
{
    cc_graph graph;
    CC_TRY(cc_graph_make_of(question, arguments[0], ALL_LISTS, &graph,
                            error));
    int32_t *room = cc_new(graph.memory, graph.nodes, 3 * sizeof *room);
    double *rank = cc_new(graph.memory, graph.nodes, sizeof *rank);
    const custcap_status status =
        room == NULL || rank == NULL
            ? cc_no_memory(error)
            : fill_list(&graph, room, rank, table, error);
    cc_free(graph.memory, room);
    cc_free(graph.memory, rank);
    cc_graph_free(&graph);
    return status;
}
