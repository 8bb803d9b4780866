/*
 * siphash.h - SipHash-2-4 with 128 bits, of a number and a text.
 */
#ifndef CC_BASE_SIPHASH_H
#define CC_BASE_SIPHASH_H

#include "text.h"

/* Of the 8 little-endian bytes of prefix, then the text; as the reference
 * code and libsodium's siphashx24 give it. */
void cc_siphash128(const uint8_t key[16], uint64_t prefix, cc_text text,
                   uint8_t hash[16]);

#endif
