/*
 * catalogue.c - the measures there are.
 *
 * Why here:   names are how everybody asks; they are looked up here.
 * Method:     binary search in what tools/embed made of the files; then the
 *             host's own (host.c).
 * Invariants: names ascend bytewise.
 * Threads:    constant data; looking up: the view's thread.
 */
#include "inner.h"

#include <assert.h>
#include <string.h>

int64_t
cc_measure_count(void)
{
    return cc_builtin_measure_count;
}

const cc_measure *
cc_measure_at(int64_t index)
{
    assert(index >= 0);
    assert(index < cc_builtin_measure_count);
    return &cc_builtin_measures[index];
}

const cc_measure *
cc_measure_find(const char *name)
{
    assert(name != NULL);
    int64_t low = 0, high = cc_builtin_measure_count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const int order = strcmp(cc_builtin_measures[middle].name, name);
        if (order == 0) {
            return &cc_builtin_measures[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

custcap_status
cc_measure_look_up(cc_view *view, const char *name,
                   const cc_measure **measure, cc_measure **own,
                   custcap_error *error)
{
    assert(view != NULL);
    assert(measure != NULL && own != NULL);
    *own = NULL;
    *measure = name == NULL ? NULL : cc_measure_find(name);
    if (*measure == NULL) {
        const int64_t word = cc_words_find(cc_view_words(view), CC_W_MEASURE,
                                           cc_text_of(name, -1));
        CC_TRY(cc_host_measure(view, CC_W_MEASURE, word,
                               cc_view_moment(view)->as_of_day, own, error));
        *measure = *own;
    }
    if (*measure == NULL) {
        char room[256];
        return cc_fail(error, CUSTCAP_NOT_FOUND,
                       "no measure %s; `custcap measures` lists them",
                       cc_text_show(cc_text_of(name, -1), room));
    }
    return CUSTCAP_OK;
}

const char *
cc_measure_name(const cc_measure *measure)
{
    assert(measure != NULL);
    assert(measure->name != NULL);
    return measure->name;
}

const char *
cc_measure_about(const cc_measure *measure, const char *field)
{
    assert(measure != NULL);
    assert(field != NULL);
    return cc_measure_field(measure, field, 0);
}
