/*
 * chain.c - the hash chain of the journal.
 *
 * Why here:   one line decides what "tampering shows" means, so it has a
 *             place of its own and a test against another implementation.
 * Method:     chain(n) = BLAKE2b-256(chain(n - 1), bytes(n)), unkeyed, so
 *             that anybody can recompute it without this library.
 * Threads:    a pure function.
 */
#include "body.h"

#include <assert.h>

void
cc_chain_next(const uint8_t previous[CC_DIGEST_BYTES], const uint8_t *bytes,
              int64_t size, uint8_t chain[CC_DIGEST_BYTES])
{
    assert(previous != NULL && chain != NULL);
    assert(bytes != NULL || size == 0);

    /* By way of a copy: previous and chain may be the same place. */
    uint8_t digest[CC_DIGEST_BYTES];
    cc_digest(previous, CC_DIGEST_BYTES, bytes, size, digest);
    for (int i = 0; i < CC_DIGEST_BYTES; i++) {
        chain[i] = digest[i];
    }
}
