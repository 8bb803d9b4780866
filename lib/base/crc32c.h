/*
 * crc32c.h - the way of computing CRC32C that needs no special processor,
 * named so that a test can compare it with the fast one.
 */
#ifndef CC_BASE_CRC32C_H
#define CC_BASE_CRC32C_H

#include <stdint.h>

uint32_t cc_crc32c_by_table(uint32_t crc, const uint8_t *bytes,
                            int64_t size);

#endif
