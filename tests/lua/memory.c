/*
 * memory.c - the Lua module when Lua has no memory left.
 *
 * Runs a script again and again in a state whose Nth allocation fails, for
 * rising N, until it passes.  Every failure must be the error "not enough
 * memory" (or nil and a message where the script says so), and nothing of the
 * library's may be lost: the program is built with the address sanitizer,
 * which counts what is left at the end.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int luaopen_custcap(lua_State *L);

typedef struct budget {
    int64_t left;  /* allocations until one fails; negative: none does */
    int64_t count; /* made so far */
} budget;

static void *
allocate(void *context, void *old, size_t had, size_t size)
{
    budget *of = context;
    (void)had;
    if (size == 0) {
        free(old);
        return NULL;
    }
    of->count++;
    if (of->left >= 0 && of->left-- == 0) {
        of->left = 0; /* and every one after it */
        return NULL;
    }
    return realloc(old, size);
}

/* 1 when the script passed. */
static int
run(const char *script, const char *ledger, int64_t nth, int *wrong)
{
    budget of = {-1, 0};
    lua_State *L = lua_newstate(allocate, &of);
    luaL_openlibs(L);
    luaL_requiref(L, "custcap", luaopen_custcap, 0);
    lua_settop(L, 0);
    lua_pushstring(L, ledger);
    lua_setglobal(L, "path");
    if (luaL_loadfile(L, script) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        exit(2);
    }
    of.left = nth;
    const int status = lua_pcall(L, 0, 0, 0);
    of.left = -1;
    if (status != LUA_OK) {
        const char *words = lua_tostring(L, -1);
        if (words == NULL || strstr(words, "not enough memory") == NULL) {
            fprintf(stderr, "allocation %lld: %s\n", (long long)nth, words);
            *wrong = 1;
        }
    }
    lua_close(L);
    return status == LUA_OK;
}

int
main(int argc, char **argv)
{
    int wrong = argc != 3;
    int64_t nth = 0;
    while (!wrong && !run(argv[1], argv[2], nth, &wrong)) {
        nth++;
    }
    printf("%lld\n", (long long)nth);
    return wrong;
}
