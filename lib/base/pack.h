/*
 * pack.h - one column of integers as few bytes, read back at memory speed.
 *
 * Canonical: the same values always give the same bytes.  The first byte
 * names the method, chosen as the smallest result, ties to the lowest number:
 *
 *   1 constant   zigzag varint of the one value (count >= 1)
 *   2 blocks     blocks of 256 values; a table of all blocks (base as zigzag
 *                varint delta against the previous base, width in bits as a
 *                byte), then the bits, each block byte-aligned.  Width 0..56,
 *                or 64: raw
 *   3 dictionary up to 256 distinct values, ascending (zigzag varint deltas),
 *                then the indices in one width for all
 * A column of no values is zero bytes.  Bits are little-endian and the packed
 * area ends in 8 zero bytes, so that a reader may load 8 bytes anywhere.
 *
 * Sizes, widths and counts are checked before a value is read; a decoder
 * given hostile bytes returns false and never reads outside them.
 */
#ifndef CC_BASE_PACK_H
#define CC_BASE_PACK_H

#include "memory.h"

custcap_status cc_pack(const int64_t *values, int64_t count, cc_buffer *out,
                       custcap_error *error);
/* Decode `count` values of exactly `size` bytes.  _i32 also fails on a value
 * that does not fit. */
int cc_unpack_i64(const uint8_t *bytes, int64_t size, int64_t count,
                  int64_t *values);
int cc_unpack_i32(const uint8_t *bytes, int64_t size, int64_t count,
                  int32_t *values);
/* True and *value when the column is method 1. */
int cc_unpack_constant(const uint8_t *bytes, int64_t size, int64_t count,
                       int64_t *value);

#endif
