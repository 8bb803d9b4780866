/*
 * network_whole.c - ecosystem.network, version 1, and the list network_node.
 *
 * Why here:   how a network is as a whole, in one row; and all that is known
 *             of each of its nodes, for measures of a host's own.
 * Formulas:   in lib/measures/ecosystem/network.sql and graph.h.
 * Drill:      parties: all of them; hub_degree: the hub's neighbours; cuts:
 *             the cut vertices; largest: the members of the largest component
 *             (of several, the first in display order).
 * Threads:    as in graph.h.
 */
#include "network.h"
#include "lists.h"

#include <assert.h>

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
    return cc_network_table(question, NETWORK, N_COLUMNS,
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
        return cc_network_members(graph, room, 1, parts, error);
    }
    CC_TRY(cc_graph_components(graph, room, error));
    const int32_t largest = find_largest(graph, room, size, &components);
    return cc_network_members(graph, room, largest, parts, error);
}

static custcap_status
behind_network(const cc_graph *graph, int64_t node, const cc_cell *cell,
               cc_parts *parts, custcap_error *error)
{
    const int64_t hub = find_hub(graph);
    (void)node;
    if (cc_asked_is(cell, "hub_degree")) {
        return hub < 0 ? CUSTCAP_OK
                       : cc_network_neighbours(graph, &graph->both, hub, parts,
                                        error);
    }
    int32_t *room = cc_zeros(graph->memory, graph->nodes, 2 * sizeof *room);
    if (room == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status =
        cc_asked_is(cell, "parties")
            ? cc_network_members(graph, room, 0, parts, error)
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
        return cc_asked_unknown(cell, error);
    }
    return cc_network_drill_parts(question, cell, 0, CC_GRAPH_SIMPLE,
                                  behind_network, parts, error);
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
    CC_TRY(cc_graph_rank(graph, CC_NETWORK_DAMPING, 0, rank, error));
    for (int64_t v = 0; v < nodes; v++) {
        CC_TRY(cc_table_begin_row(table, error));
        cc_table_set(table, L_PARTY, cc_network_party(graph, v));
        cc_table_set(table, L_OUT, cc_lists_length(&graph->out, v));
        cc_table_set(table, L_INTO, cc_lists_length(&graph->in, v));
        cc_table_set(table, L_DEGREE, cc_lists_length(&graph->both, v));
        cc_table_set(table, L_RELATIONS, graph->ties[v]);
        cc_table_set(table, L_COMPONENT, cc_network_party(graph, room[v]));
        cc_table_set(table, L_CORE, core[v]);
        cc_table_set(table, L_PIECES, pieces[v]);
        cc_table_set(table, L_RANK, cc_network_rank(rank[v]));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_network_node_list(const cc_question *question, const cc_text *arguments,
                     custcap_table *table, custcap_error *error)
{
    cc_graph graph;
    CC_TRY(cc_graph_make_of(question, arguments[0],
                            CC_GRAPH_DIRECTED | CC_GRAPH_SIMPLE, &graph,
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
