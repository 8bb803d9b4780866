/*
 * network.h - what the measures of the network share: a graph made and freed
 * around a table or a drill, and parties for its nodes.
 */
#ifndef CC_KERNELS_NETWORK_H
#define CC_KERNELS_NETWORK_H

#include "drill.h"
#include "graph.h"
#include "kernels.h"

#define CC_NETWORK_DAMPING 0.85

/* Fills an empty table with the columns asked for. */
typedef custcap_status (*cc_network_make)(const cc_question *question,
                                          const cc_graph *graph,
                                          custcap_table *table,
                                          custcap_error *error);
custcap_status cc_network_table(const cc_question *question,
                                const cc_answer_column *columns,
                                int64_t count, int32_t want,
                                cc_network_make make, custcap_table **table,
                                custcap_error *error);

/* Adds the parties behind a cell; `node` is that of the row's party. */
typedef custcap_status (*cc_network_add)(const cc_graph *graph, int64_t node,
                                         const cc_cell *cell,
                                         cc_parts *parts,
                                         custcap_error *error);
custcap_status cc_network_drill_parts(const cc_question *question,
                                      const cc_cell *cell, int has_party,
                                      int32_t want, cc_network_add add,
                                      cc_parts *parts, custcap_error *error);

/* `count` rows, named in column 0: of the nodes listed, or of all (NULL). */
custcap_status cc_network_rows(const cc_graph *graph, const int32_t *node,
                               int64_t count, custcap_table *table,
                               custcap_error *error);
int64_t cc_network_party(const cc_graph *graph, int64_t node);
custcap_status cc_network_neighbours(const cc_graph *graph,
                                     const cc_lists *lists, int64_t node,
                                     cc_parts *parts, custcap_error *error);
/* Parties whose number in the array (a place a node) is the one given. */
custcap_status cc_network_members(const cc_graph *graph, const int32_t *of,
                                  int32_t number, cc_parts *parts,
                                  custcap_error *error);
/* A rank with 12 digits, half up. */
int64_t cc_network_rank(double rank);

#endif
