/*
 * network.c - ecosystem.degree, .components, .core, .cuts and .pagerank,
 * version 1 each.
 *
 * Why here:   what graph.h works out, as tables by party.
 * Formulas:   in the headers of lib/measures/ecosystem; what each word means
 *             is in graph.h.
 * Rows:       in display order of the parties, as nodes are.
 * Drill:      degree, out, into: the neighbours; parties: the members.
 * Threads:    as in graph.h.
 */
#include "network.h"

#include <assert.h>
#include <stdlib.h>

#define RANK_DIGITS 12
#define RANK_UNITS 1e12

/* Rows for all nodes, or for those that `place` names. */
custcap_status
cc_network_rows(const cc_graph *graph, const int32_t *node, int64_t count,
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

int64_t
cc_network_party(const cc_graph *graph, int64_t node)
{
    return graph->parties->party[graph->place[node]];
}

/* The node of a party; -1: it has none. */
static int64_t
node_of(const cc_graph *graph, int64_t party)
{
    int64_t node = 0;
    while (node < graph->nodes && cc_network_party(graph, node) != party) {
        node++;
    }
    return node < graph->nodes ? node : -1;
}

custcap_status
cc_network_table(const cc_question *question, const cc_answer_column *columns,
    int64_t count, int32_t want, cc_network_make make, custcap_table **table,
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

custcap_status
cc_network_neighbours(const cc_graph *graph, const cc_lists *lists,
                      int64_t node, cc_parts *parts, custcap_error *error)
{
    for (int64_t i = lists->start[node]; i < lists->end[node]; i++) {
        CC_TRY(cc_parts_add(parts, cc_network_party(graph, lists->node[i]), 0,
                            1, error));
    }
    return CUSTCAP_OK;
}

/* Parties whose number in the array is the one given. */
custcap_status
cc_network_members(const cc_graph *graph, const int32_t *of, int32_t number,
                   cc_parts *parts, custcap_error *error)
{
    for (int64_t v = 0; v < graph->nodes; v++) {
        if (of[v] == number) {
            CC_TRY(cc_parts_add(parts, cc_network_party(graph, v), 0, 1,
                                error));
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

/* The parties behind a cell; `key` names the column with the row's party. */
custcap_status
cc_network_drill_parts(const cc_question *question, const cc_cell *cell,
                       int has_party, int32_t want, cc_network_add add,
                       cc_parts *parts, custcap_error *error)
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
    CC_TRY(cc_network_rows(graph, NULL, graph->nodes, table, error));
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
    return cc_network_table(question, DEGREE, D_COLUMNS, ALL_LISTS,
                            make_degree, table, error);
}

static custcap_status
behind_degree(const cc_graph *graph, int64_t node, const cc_cell *cell,
              cc_parts *parts, custcap_error *error)
{
    const cc_lists *lists = cc_asked_is(cell, "out")    ? &graph->out
                            : cc_asked_is(cell, "into") ? &graph->in
                                                        : &graph->both;
    return cc_network_neighbours(graph, lists, node, parts, error);
}

custcap_status
cc_degree_drill(const cc_question *question, const cc_cell *cell,
                cc_parts *parts, custcap_error *error)
{
    if (!cc_asked_is(cell, "out") && !cc_asked_is(cell, "into")
        && !cc_asked_is(cell, "degree")) {
        return cc_asked_unknown(cell, error);
    }
    return cc_network_drill_parts(question, cell, 1, ALL_LISTS, behind_degree,
                                  parts, error);
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
    CC_TRY(cc_network_rows(graph, first, count, table, error));
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
    return cc_network_table(question, COMPONENTS, C_COLUMNS, CC_GRAPH_SIMPLE,
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
        status = cc_network_members(graph, component, (int32_t)node, parts,
                                    error);
    }
    cc_free(graph->memory, component);
    return status;
}

custcap_status
cc_components_drill(const cc_question *question, const cc_cell *cell,
                    cc_parts *parts, custcap_error *error)
{
    if (!cc_asked_is(cell, "parties")) {
        return cc_asked_unknown(cell, error);
    }
    return cc_network_drill_parts(question, cell, 1, CC_GRAPH_PAIRS,
                                  behind_components, parts, error);
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
    CC_TRY(cc_network_rows(graph, NULL, graph->nodes, table, error));
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
    return cc_network_table(question, CORE, K_COLUMNS, CC_GRAPH_SIMPLE,
                            make_core, table, error);
}

custcap_status
cc_core_drill(const cc_question *question, const cc_cell *cell,
              cc_parts *parts, custcap_error *error)
{
    (void)question;
    (void)parts;
    return cc_asked_unknown(cell, error);
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
    const custcap_status status =
        cc_network_rows(graph, cut, count, table, error);
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
    return cc_network_table(question, CUTS, K_COLUMNS, CC_GRAPH_SIMPLE,
                            make_cuts, table, error);
}

custcap_status
cc_cuts_drill(const cc_question *question, const cc_cell *cell,
              cc_parts *parts, custcap_error *error)
{
    (void)question;
    (void)parts;
    return cc_asked_unknown(cell, error);
}

/* ---- PageRank ---- */

static const cc_answer_column PAGERANK[K_COLUMNS] = {
    [K_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [K_NUMBER] = {"rank", CUSTCAP_TYPE_DECIMAL, CUSTCAP_MERGE_NONE, 0},
};

/* Of numbers from 0 to 1: half up. */
int64_t
cc_network_rank(double rank)
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
    *damping = asked == NULL ? CC_NETWORK_DAMPING : asked->real;
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
    CC_TRY(cc_network_rows(graph, NULL, graph->nodes, table, error));
    double *rank = cc_new(graph->memory, graph->nodes, sizeof *rank);
    if (rank == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status =
        cc_graph_rank(graph, damping, undirected, rank, error);
    for (int64_t v = 0; status == CUSTCAP_OK && v < graph->nodes; v++) {
        cc_table_values(table, K_NUMBER)[v] = cc_network_rank(rank[v]);
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
    return cc_network_table(question, PAGERANK, K_COLUMNS,
               undirected ? CC_GRAPH_SIMPLE : CC_GRAPH_DIRECTED,
               make_pagerank, table, error);
}

custcap_status
cc_pagerank_drill(const cc_question *question, const cc_cell *cell,
                  cc_parts *parts, custcap_error *error)
{
    (void)question;
    (void)parts;
    return cc_asked_unknown(cell, error);
}
