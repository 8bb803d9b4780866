/*
 * circle.c - which new relations could lie on a circle at all.
 *
 * Why here:   the guard against circles walks from each new relation along
 *             others; of two hundred thousand referrals next to none can come
 *             back to where they began, and that is seen without walking.
 * Method:     a graph of the new relations and of those recorded that can be
 *             reached from them, whenever they hold.  Parties that nobody
 *             left in it names are taken out, one after the other (Kahn,
 *             1962); what remains lies on circles or is reached from one.
 *             Recorded relations are looked up party by party, or read once
 *             when there are many to look up, or when merges make several
 *             parties one.
 * Invariants: a row that is left out lies on no circle, also not for a time;
 *             one that is given may lie on none: the guard walks from it.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include "vocabulary/json.h"
#include <assert.h>

/* From here on reading all of a type is cheaper. */
enum { LOOK_UPS_MAX = 1024, TYPES_MAX = 64 };

typedef struct node {
    int64_t type; /* word */
    int64_t party;
    int64_t named; /* edges to it from nodes that are left */
    int64_t first; /* of its edges, when they are in order */
    int32_t asked; /* its recorded relations are edges, or on the list */
} node;

typedef struct graph {
    cc_view *view;
    const cc_memory *memory;
    cc_map *map; /* (type, party) -> node */
    node *nodes;
    int64_t node_count, node_capacity;
    int64_t (*edges)[2]; /* from, to */
    int64_t edge_count, edge_capacity;
    int64_t *rows; /* of the edges that are new; they come first */
    int64_t row_count, row_capacity;
    int64_t *list; /* nodes whose recorded relations are wanted */
    int64_t list_count, list_capacity;
} graph;

/* Types whose data says "acyclic". */
static int
is_acyclic(const cc_view *view, int64_t type)
{
    cc_meaning meaning;
    cc_text value;
    const cc_words *words = cc_view_words((cc_view *)view);
    return cc_words_latest(words, type, &meaning)
           && cc_json_member(meaning.data, cc_text_of("acyclic", -1), &value)
           && !cc_text_is(value, "false") && !cc_text_is(value, "null")
           && !cc_text_is(value, "0");
}

static custcap_status
node_of(graph *g, int64_t type, int64_t party, int64_t *index,
        custcap_error *error)
{
    const cc_key key = {(uint64_t)type, (uint64_t)party};
    if (cc_map_get(g->map, key, index)) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(g->memory, &g->nodes, &g->node_capacity,
                   g->node_count + 1, sizeof *g->nodes, error));
    *index = g->node_count;
    g->nodes[g->node_count++] = (node){.type = type, .party = party};
    return cc_map_put(g->map, key, *index, error);
}

/* A relation; what its other leads to is wanted, too. */
static custcap_status
edge_add(graph *g, int64_t type, int64_t party, int64_t other,
         custcap_error *error)
{
    int64_t from = 0;
    int64_t to = 0;
    CC_TRY(node_of(g, type, cc_view_resolve(g->view, party), &from, error));
    CC_TRY(node_of(g, type, cc_view_resolve(g->view, other), &to, error));
    CC_TRY(cc_grow(g->memory, &g->edges, &g->edge_capacity,
                   g->edge_count + 1, sizeof *g->edges, error));
    g->edges[g->edge_count][0] = from;
    g->edges[g->edge_count++][1] = to;
    if (g->nodes[to].asked) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(g->memory, &g->list, &g->list_capacity, g->list_count + 1,
                   sizeof *g->list, error));
    g->nodes[to].asked = 1;
    g->list[g->list_count++] = to;
    return CUSTCAP_OK;
}

static custcap_status
add_pending(graph *g, const cc_body *pending, custcap_error *error)
{
    const cc_rows *rows = &pending->rows[CC_RELATION];
    int64_t type = 0;
    int acyclic = 0;
    for (int64_t i = 0; i < rows->count; i++) {
        if (i == 0 || rows->columns[CC_RELATION_TYPE][i] != type) {
            type = rows->columns[CC_RELATION_TYPE][i];
            acyclic = is_acyclic(g->view, type);
        }
        if (!acyclic) {
            continue;
        }
        CC_TRY(edge_add(g, type, rows->columns[CC_RELATION_PARTY][i],
                        rows->columns[CC_RELATION_OTHER][i], error));
        CC_TRY(cc_grow(g->memory, &g->rows, &g->row_capacity,
                       g->row_count + 1, sizeof *g->rows, error));
        g->rows[g->row_count++] = i;
    }
    return CUSTCAP_OK;
}

/* The rows of a statement: other, and party where it is asked for. */
static custcap_status
add_recorded(graph *g, sqlite3_stmt *statement, int64_t type,
             custcap_error *error)
{
    cc_store *store = cc_view_store(g->view);
    custcap_status status = CUSTCAP_OK;
    int code = sqlite3_step(statement);
    while (status == CUSTCAP_OK && code == SQLITE_ROW) {
        status = edge_add(g, type, sqlite3_column_int64(statement, 0),
                          sqlite3_column_int64(statement, 1), error);
        if (status == CUSTCAP_OK) {
            code = sqlite3_step(statement);
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "reading relations", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

/* Party by party, as long as there are few.  The view is of the newest
 * position: what is current is what it shows. */
static custcap_status
look_up(graph *g, custcap_error *error)
{
    static const char sql[] = "SELECT party, other FROM relation WHERE "
                              "party = ?1 AND type = ?2 AND known_to IS NULL";
    for (int64_t i = 0; i < g->list_count && i < LOOK_UPS_MAX; i++) {
        const node asked = g->nodes[g->list[i]];
        sqlite3_stmt *statement = NULL;
        CC_TRY(cc_store_prepare(cc_view_store(g->view), sql, &statement,
                                error));
        sqlite3_bind_int64(statement, 1, asked.party);
        sqlite3_bind_int64(statement, 2, asked.type);
        CC_TRY(add_recorded(g, statement, asked.type, error));
    }
    return CUSTCAP_OK;
}

/* All recorded relations of the types that are pending. */
static custcap_status
read_all(graph *g, const cc_body *pending, custcap_error *error)
{
    static const char sql[] = "SELECT party, other FROM relation WHERE "
                              "type = ?1 AND known_to IS NULL";
    int64_t types[TYPES_MAX];
    int64_t count = 0;
    for (int64_t i = 0; i < g->row_count; i++) {
        const int64_t type =
            pending->rows[CC_RELATION].columns[CC_RELATION_TYPE][g->rows[i]];
        int64_t k = 0;
        while (k < count && types[k] != type) {
            k++;
        }
        if (k < count) {
            continue;
        }
        sqlite3_stmt *statement = NULL;
        CC_TRY(cc_store_prepare(cc_view_store(g->view), sql, &statement,
                                error));
        sqlite3_bind_int64(statement, 1, type);
        CC_TRY(add_recorded(g, statement, type, error));
        /* More types than there is room for are read more than once. */
        types[count] = type;
        count += count < TYPES_MAX - 1;
    }
    return CUSTCAP_OK;
}

/* Where each node's edges begin in *order, a list of the nodes they go to;
 * nodes[i].first up to nodes[i + 1].first. */
static custcap_status
edges_order(graph *g, int64_t **order, custcap_error *error)
{
    /* One more node marks the end. */
    CC_TRY(cc_grow(g->memory, &g->nodes, &g->node_capacity,
                   g->node_count + 1, sizeof *g->nodes, error));
    g->nodes[g->node_count] = (node){0};
    *order = cc_new(g->memory, g->edge_count, sizeof **order);
    if (*order == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < g->edge_count; i++) {
        g->nodes[g->edges[i][0]].first++;
        g->nodes[g->edges[i][1]].named++;
    }
    int64_t end = 0;
    for (int64_t i = 0; i <= g->node_count; i++) {
        end += g->nodes[i].first;
        g->nodes[i].first = end;
    }
    for (int64_t i = g->edge_count - 1; i >= 0; i--) {
        (*order)[--g->nodes[g->edges[i][0]].first] = g->edges[i][1];
    }
    return CUSTCAP_OK;
}

/* Take out whom nobody names, until somebody names everyone who is left. */
static custcap_status
take_out(graph *g, custcap_error *error)
{
    int64_t *order = NULL;
    CC_TRY(edges_order(g, &order, error));
    int64_t *out = cc_new(g->memory, g->node_count, sizeof *out);
    int64_t count = 0;
    for (int64_t i = 0; out != NULL && i < g->node_count; i++) {
        out[count] = i;
        count += g->nodes[i].named == 0;
    }
    for (int64_t i = 0; i < count; i++) {
        const node *gone = &g->nodes[out[i]];
        for (int64_t e = gone[0].first; e < gone[1].first; e++) {
            node *other = &g->nodes[order[e]];
            other->named--;
            out[count] = order[e];
            count += other->named == 0;
        }
    }
    cc_free(g->memory, order);
    cc_free(g->memory, out);
    return out == NULL ? cc_no_memory(error) : CUSTCAP_OK;
}

static custcap_status
give_rows(const graph *g, custcap_table *table, custcap_error *error)
{
    for (int64_t i = 0; i < g->row_count; i++) {
        if (g->nodes[g->edges[i][0]].named > 0
            && g->nodes[g->edges[i][1]].named > 0) {
            CC_TRY(cc_table_begin_row(table, error));
            cc_table_set(table, 0, g->rows[i] + 1);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
find(graph *g, const cc_body *pending, custcap_table *table,
     custcap_error *error)
{
    CC_TRY(cc_map_new(g->memory, 16, &g->map, error));
    CC_TRY(add_pending(g, pending, error));
    if (g->row_count == 0) {
        return CUSTCAP_OK;
    }
    /* A party that others were merged into may have said things as them. */
    const int merged = cc_view_merged_count(g->view) > 0;
    if (!merged) {
        CC_TRY(look_up(g, error));
    }
    if (merged || g->list_count > LOOK_UPS_MAX) {
        CC_TRY(read_all(g, pending, error));
    }
    CC_TRY(take_out(g, error));
    return give_rows(g, table, error);
}

custcap_status
cc_circle_rows(cc_view *view, const cc_body *pending, custcap_table **rows,
               custcap_error *error)
{
    assert(view != NULL && pending != NULL);
    assert(rows != NULL);

    const cc_memory *memory = cc_view_memory(view);
    graph g = {.view = view, .memory = memory};
    CC_TRY(cc_table_new(memory, rows, error));
    custcap_status status =
        cc_table_add_column(*rows, "row", CUSTCAP_TYPE_INT64,
                            CUSTCAP_MERGE_NONE, 0, error);
    if (status == CUSTCAP_OK) {
        status = find(&g, pending, *rows, error);
    }
    cc_map_free(g.map);
    cc_free(memory, g.nodes);
    cc_free(memory, g.edges);
    cc_free(memory, g.rows);
    cc_free(memory, g.list);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*rows);
        *rows = NULL;
    }
    return status;
}
