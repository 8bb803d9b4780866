/*
 * checksum.h - a checksum on every page of the file.
 *
 * SQLite trusts what it reads: one flipped bit in a b-tree page may change an
 * answer without an error.  This layer between SQLite and the file (a VFS
 * over the system's own) keeps CRC32C of page number and content in 8
 * reserved bytes at the end of each page of the main file, writes it with
 * the page and checks it when the page is read.  A page that fails gives
 * SQLITE_IOERR_DATA, which cc_store_fail turns into CORRUPT.
 *
 * The write-ahead log has SQLite's own checksums; its pages get theirs when
 * they are moved into the file.
 */
#ifndef CC_STORE_CHECKSUM_H
#define CC_STORE_CHECKSUM_H

#include "store.h"

enum { CC_CHECKSUM_RESERVED = 8 };

/* The name to open with (sqlite3_open_v2's last argument).  Registers the
 * layer with SQLite on first use; thread-safe. */
custcap_status cc_checksum_layer(const char **name, custcap_error *error);

#endif
