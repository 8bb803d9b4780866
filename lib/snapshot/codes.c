/*
 * codes.c - the posting codes of a book.
 *
 * Why here:   a measure asks for a book; columns hold codes.
 * Threads:    the view's own; words lock themselves.
 */
#include "internal.h"

#include <assert.h>

custcap_status
cc_codes_of_book(cc_view *view, int64_t book, int64_t **codes,
                 int32_t *count, custcap_error *error)
{
    assert(view != NULL);
    assert(codes != NULL && count != NULL);

    *codes = NULL;
    *count = 0;
    const cc_memory *memory = cc_view_memory(view);
    const cc_words *words = cc_view_words(view);
    int64_t room = 64;
    int64_t *all = NULL;
    int64_t there = 0;
    do { /* again where words came while we looked */
        room = there > room ? there : room;
        cc_free(memory, all);
        all = cc_new(memory, room, sizeof *all);
        if (all == NULL) {
            return cc_no_memory(error);
        }
        there = cc_words_list(words, CC_W_CODE, all, room);
    } while (there > room);

    int32_t kept = 0;
    for (int64_t i = 0; i < there; i++) {
        if (cc_words_book(words, all[i]) == book) {
            all[kept++] = all[i];
        }
    }
    *codes = all;
    *count = kept;
    return CUSTCAP_OK;
}
