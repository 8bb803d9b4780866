/*
 * binding.h - what the files of the Lua module know of each other.
 *
 * One C module for Lua 5.1 to 5.4 and LuaJIT.  A noun of the library is a
 * userdata; one file a noun, and a noun to come is a file more.  Rules:
 *
 *   - A failure of the library is nil, message, code (and where it helps, a
 *     fourth value); a wrong type, name or closed handle is a Lua error.
 *   - Nothing that may raise a Lua error stands between a call into the
 *     library and keeping what it gave: userdata are made first and filled
 *     then.  Callbacks run under lua_pcall and need no memory outside it, so
 *     no longjmp ever crosses the library's frames.
 *   - A handle that waits for a callback can't be closed or used by it.
 *   - Integers are exact: where Lua's numbers are doubles, what is beyond
 *     2^53 is refused both ways (text is taken instead).
 *
 * Threads: one Lua state, one thread, as with any module.
 */
#ifndef CUSTCAP_LUA_BINDING_H
#define CUSTCAP_LUA_BINDING_H

#include <custcap/custcap.h>

#include <lauxlib.h>
#include <lua.h>

/* Lua's own integers are 64 bits wide from 5.3 on. */
#if LUA_VERSION_NUM >= 503
#define LC_EXACT 1
#else
#define LC_EXACT 0
#endif

/* A kind of handle. */
typedef struct lc_noun {
    const char *name; /* of its metatable, "custcap.ledger" */
    void (*release)(void *pointer);
} lc_noun;

/* What a ledger and its batches share: the library takes one call at a
 * time of them. */
typedef struct lc_root {
    int64_t holders;
    int64_t busy; /* calls that wait for a callback */
} lc_root;

/* A handle's userdata. */
typedef struct lc_handle {
    const lc_noun *noun;
    void *pointer; /* NULL: not there yet, or closed */
    lc_root *root; /* of a ledger or batch, else NULL */
    int64_t busy;  /* calls that wait for a callback */
} lc_handle;

extern const lc_noun lc_ledger, lc_batch, lc_snapshot, lc_query, lc_table,
    lc_taxonomy, lc_model;

/* handle.c */
void lc_register(lua_State *L, const lc_noun *noun, const luaL_Reg *methods);
/* A new, empty handle on the stack.  `root`: shared by it, NULL for none. */
lc_handle *lc_new(lua_State *L, const lc_noun *noun, lc_root *root);
/* A root of its own for a ledger. */
void lc_root_new(lua_State *L, lc_handle *handle);
/* The handle at an index, of that noun, open and not in use. */
lc_handle *lc_handle_at(lua_State *L, int index, const lc_noun *noun);
void *lc_at(lua_State *L, int index, const lc_noun *noun);
int lc_is(lua_State *L, int index, const lc_noun *noun);
/* Values that a handle keeps alive (by any key). */
void lc_keep(lua_State *L, int handle, int value);
/* Push the one kept last, or nil. */
void lc_kept(lua_State *L, int handle);

/* The state's error object. */
custcap_error *lc_error(lua_State *L);
/* nil, message, code: how many values were pushed. */
int lc_fail(lua_State *L, custcap_status status, const char *words);
/* true, or what failed. */
int lc_done(lua_State *L, custcap_status status);
/* The handle on top, or what failed. */
int lc_made(lua_State *L, custcap_status status);

/* value.c */
/* Integers, exactly; a Lua error names what was given. */
int64_t lc_int64(lua_State *L, int index);
int64_t lc_int64_or(lua_State *L, int index, int64_t otherwise);
/* 0 where this Lua has no such number; then nothing was pushed. */
int lc_push_int64(lua_State *L, int64_t value);
int lc_fail_int64(lua_State *L, int64_t value);
int lc_give_int64(lua_State *L, int64_t value); /* pushed, or what failed */
/* "2024-01-15" or days since 1970-01-01. */
int32_t lc_day(lua_State *L, int index);
void lc_push_day(lua_State *L, int64_t day);
void lc_push_instant(lua_State *L, int64_t microseconds);
/* "-1.05" of -105 and 2. */
void lc_push_decimal(lua_State *L, int64_t value, int32_t scale);
/* The number of a constant, or the one that a name stands for. */
int32_t lc_record(lua_State *L, int index);
int32_t lc_word_kind(lua_State *L, int index);
/* A text (or a number's own text), as long as the value is there. */
const char *lc_text(lua_State *L, int index, size_t *length);
/* Text that holds no NUL; NULL where there is none.  check: or an error. */
const char *lc_word(lua_State *L, int index);
const char *lc_check_word(lua_State *L, int index);
const char *lc_opt_word(lua_State *L, int index, const char *otherwise);
extern const luaL_Reg lc_value_functions[];

/* Named options: a table at `index` (nil: none).  Unknown names are Lua
 * errors.  lc_option pushes the value; 0 and nothing where it is nil. */
void lc_options(lua_State *L, int index, const char *const *names);
int lc_option(lua_State *L, int index, const char *name);
const char *lc_option_text(lua_State *L, int index, const char *name,
                           const char *otherwise);
int64_t lc_option_int64(lua_State *L, int index, const char *name,
                        int64_t otherwise);
int32_t lc_option_int32(lua_State *L, int index, const char *name,
                        int32_t otherwise);
int lc_option_flag(lua_State *L, int index, const char *name);
int32_t lc_to_int32(lua_State *L, int64_t value, const char *what);

/* callback.c: a Lua function that the library calls. */
typedef struct lc_callback {
    lua_State *L;
    int function; /* stack index; 0: none */
    int runner;   /* stack index of the C function that is called safely */
    int slot;     /* stack index for what it raised */
    int raised;
    lc_handle *handles[3]; /* busy meanwhile */
    /* Of the call that is running: */
    int64_t done, total;
    const char *bytes;
    int64_t length;
    int32_t stop;
} lc_callback;

/* Prepare for the function at `index` (nil: none).  Pushes three values. */
void lc_progress_begin(lc_callback *callback, lua_State *L, int index,
                       lc_handle *handle);
void lc_write_begin(lc_callback *callback, lua_State *L, int index,
                    lc_handle *handle);
/* A further handle that is not to be touched meanwhile. */
void lc_callback_hold(lc_callback *callback, lc_handle *handle);
/* After the call: raises what the function raised. */
void lc_callback_end(lc_callback *callback);
int32_t lc_progress(void *context, int64_t done, int64_t total);
int32_t lc_write(void *context, const char *bytes, int64_t length);

/* One file a noun. */
int lc_ledger_create(lua_State *L);
int lc_ledger_open(lua_State *L);
void lc_ledger_register(lua_State *L);
int lc_batch_of(lua_State *L);   /* ledger:batch() */
int lc_ledger_post(lua_State *L);
void lc_batch_register(lua_State *L);
int lc_snapshot_of(lua_State *L); /* ledger:snapshot{...} */
void lc_snapshot_register(lua_State *L);
int lc_query_new(lua_State *L);
void lc_query_register(lua_State *L);
/* The query at an index: one, a table of options, or nil (NULL).  May push a
 * handle. */
lc_handle *lc_query_at(lua_State *L, int index);
int lc_table_merge(lua_State *L);
void lc_table_register(lua_State *L);
int lc_taxonomy_new(lua_State *L);
void lc_taxonomy_register(lua_State *L);
extern const luaL_Reg lc_model_functions[];
void lc_model_register(lua_State *L);

#endif
