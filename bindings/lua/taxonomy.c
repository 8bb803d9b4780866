/*
 * taxonomy.c - the vocabulary in Lua, as a tree to walk.
 *
 * Why here:   the noun of taxonomy.h.
 * Method:     words are their numbers; a kind is its name or number; what
 *             there is none of is nil.
 * Threads:    the state's.
 */
#include "binding.h"

static void
release(void *pointer)
{
    custcap_taxonomy_free(pointer);
}

const lc_noun lc_taxonomy = {"custcap.taxonomy", release};

/* custcap.taxonomy(): the built-in words */
int
lc_taxonomy_new(lua_State *L)
{
    lc_handle *handle = lc_new(L, &lc_taxonomy, NULL);
    custcap_error *error = lc_error(L);
    custcap_taxonomy *taxonomy = NULL;
    const custcap_status status = custcap_taxonomy_new(&taxonomy, error);
    handle->pointer = taxonomy;
    return lc_made(L, status);
}

/* A number, nil for 0. */
static int
give(lua_State *L, int64_t number)
{
    if (number == 0) {
        lua_pushnil(L);
        return 1;
    }
    return lc_give_int64(L, number);
}

/* Kind at an index; 0, all kinds, where there is none. */
static int32_t
kind_or_all(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? 0 : lc_word_kind(L, index);
}

/* taxonomy:count([kind]) */
static int
taxonomy_count(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    return lc_give_int64(
        L, custcap_taxonomy_count(taxonomy, kind_or_all(L, 2)));
}

/* taxonomy:words([kind]): their numbers, a list */
static int
taxonomy_words(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    const int32_t kind = kind_or_all(L, 2);
    const int64_t count = custcap_taxonomy_count(taxonomy, kind);
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i++) {
        const int64_t word = custcap_taxonomy_at(taxonomy, kind, i);
        if (!lc_push_int64(L, word)) {
            return lc_fail_int64(L, word);
        }
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* taxonomy:find(kind, code) */
static int
taxonomy_find(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    const int32_t kind = lc_word_kind(L, 2);
    size_t length = 0;
    const char *code = luaL_checklstring(L, 3, &length);
    return give(L, custcap_taxonomy_find(taxonomy, kind, code,
                                         (int64_t)length));
}

/* taxonomy:kind(word): its name */
static int
taxonomy_kind(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    const int32_t kind = custcap_taxonomy_kind(taxonomy, lc_int64(L, 2));
    if (kind == 0) {
        lua_pushnil(L);
    } else {
        lua_pushstring(L, custcap_word_kind_name(kind));
    }
    return 1;
}

static int
taxonomy_parent(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    return give(L, custcap_taxonomy_parent(taxonomy, lc_int64(L, 2)));
}

/* taxonomy:children(word): a list */
static int
taxonomy_children(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    const int64_t word = lc_int64(L, 2);
    const int64_t count = custcap_taxonomy_child_count(taxonomy, word);
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i++) {
        const int64_t child = custcap_taxonomy_child(taxonomy, word, i);
        if (!lc_push_int64(L, child)) {
            return lc_fail_int64(L, child);
        }
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* taxonomy:is_a(word, ancestor) */
static int
taxonomy_is_a(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    lua_pushboolean(L, custcap_taxonomy_is_a(taxonomy, lc_int64(L, 2),
                                             lc_int64(L, 3)));
    return 1;
}

static int
push_known(lua_State *L, const char *text, int64_t length)
{
    if (length == 0) {
        lua_pushnil(L);
    } else {
        lua_pushlstring(L, text, (size_t)length);
    }
    return 1;
}

static int
taxonomy_code(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    int64_t length = 0;
    const char *text =
        custcap_taxonomy_code(taxonomy, lc_int64(L, 2), &length);
    return push_known(L, text, length);
}

/* taxonomy:label(word [, language]) */
static int
taxonomy_label(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    const int64_t word = lc_int64(L, 2);
    int64_t length = 0;
    const char *text = custcap_taxonomy_label(
        taxonomy, word, lc_opt_word(L, 3, NULL), &length);
    return push_known(L, text, length);
}

/* taxonomy:data(word): JSON text */
static int
taxonomy_data(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    int64_t length = 0;
    const char *text =
        custcap_taxonomy_data(taxonomy, lc_int64(L, 2), &length);
    return push_known(L, text, length);
}

/* taxonomy:member(word, name) */
static int
taxonomy_member(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    const int64_t word = lc_int64(L, 2);
    int64_t length = 0;
    const char *text = custcap_taxonomy_member(
        taxonomy, word, lc_check_word(L, 3), &length);
    return push_known(L, text, length);
}

/* taxonomy:scale(unit): digits, nil where it is no unit */
static int
taxonomy_scale(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    const int32_t scale = custcap_taxonomy_scale(taxonomy, lc_int64(L, 2));
    if (scale < 0) {
        lua_pushnil(L);
    } else {
        lua_pushinteger(L, scale);
    }
    return 1;
}

/* taxonomy:allows(flow, from, to); from nil: may it start there? */
static int
taxonomy_allows(lua_State *L)
{
    const custcap_taxonomy *taxonomy = lc_at(L, 1, &lc_taxonomy);
    const int64_t flow = lc_int64(L, 2);
    const int64_t from = lc_int64_or(L, 3, 0);
    lua_pushboolean(L, custcap_taxonomy_allows(taxonomy, flow, from,
                                               lc_int64(L, 4)));
    return 1;
}

void
lc_taxonomy_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"allows", taxonomy_allows},
        {"children", taxonomy_children},
        {"code", taxonomy_code},
        {"count", taxonomy_count},
        {"data", taxonomy_data},
        {"find", taxonomy_find},
        {"is_a", taxonomy_is_a},
        {"kind", taxonomy_kind},
        {"label", taxonomy_label},
        {"member", taxonomy_member},
        {"parent", taxonomy_parent},
        {"scale", taxonomy_scale},
        {"words", taxonomy_words},
        {NULL, NULL},
    };
    lc_register(L, &lc_taxonomy, methods);
}
