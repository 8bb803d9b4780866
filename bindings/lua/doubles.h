/*
 * doubles.h - lists of numbers between Lua and the models.
 */
#ifndef CUSTCAP_LUA_DOUBLES_H
#define CUSTCAP_LUA_DOUBLES_H

#include "binding.h"

/* The list at an index as doubles, in a userdata that is pushed. */
double *lc_doubles(lua_State *L, int index, const char *what,
                   int64_t *count);
/* The list that an option holds; NULL and 0 (nothing pushed) where it is
 * nil. */
double *lc_option_doubles(lua_State *L, int index, const char *name,
                          int64_t *count);
/* Room for doubles, all 0, in a userdata that is pushed. */
double *lc_new_doubles(lua_State *L, int64_t count);
/* Push a list. */
void lc_push_doubles(lua_State *L, const double *values, int64_t count);
double lc_option_number(lua_State *L, int index, const char *name,
                        double otherwise);
/* The customers at an index: a table of lists of one length.  What they point
 * to stays on the stack. */
void lc_model_data(lua_State *L, int index, custcap_model_data *data);
/* What model_ask.c adds to a model. */
extern const luaL_Reg lc_model_questions[];
int lc_model_scores(lua_State *L);

#endif
