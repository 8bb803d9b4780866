/*
 * layout.c - where the fields of the public structs are, kept by hand.
 *
 * A field never moves; a new one is added at the end of a struct, and here.
 * Compiling this file is the test (tests/abi/exports.py); 64-bit pointers.
 */
#include <custcap/custcap.h>
#include <stddef.h>

#define LAYOUT(type, field, offset) \
    _Static_assert(offsetof(type, field) == (offset), #type " " #field)
#define FIRST_SIZE(type, size) \
    _Static_assert(sizeof(type) >= (size) && (size) % 8 == 0, #type)

FIRST_SIZE(custcap_entry, 112);
LAYOUT(custcap_entry, struct_size, 0);
LAYOUT(custcap_entry, party, 8);
LAYOUT(custcap_entry, amount, 16);
LAYOUT(custcap_entry, instant, 24);
LAYOUT(custcap_entry, has_instant, 32);
LAYOUT(custcap_entry, day, 36);
LAYOUT(custcap_entry, end, 40);
LAYOUT(custcap_entry, flags, 44);
LAYOUT(custcap_entry, code, 48);
LAYOUT(custcap_entry, unit, 56);
LAYOUT(custcap_entry, line, 64);
LAYOUT(custcap_entry, channel, 72);
LAYOUT(custcap_entry, item, 80);
LAYOUT(custcap_entry, ref, 88);
LAYOUT(custcap_entry, key_high, 96);
LAYOUT(custcap_entry, key_low, 104);

FIRST_SIZE(custcap_receipt, 88);
LAYOUT(custcap_receipt, struct_size, 0);
LAYOUT(custcap_receipt, position, 8);
LAYOUT(custcap_receipt, records_new, 16);
LAYOUT(custcap_receipt, records_exists, 24);
LAYOUT(custcap_receipt, parties_made, 32);
LAYOUT(custcap_receipt, words_made, 40);
LAYOUT(custcap_receipt, warnings, 48);
LAYOUT(custcap_receipt, chain, 56);

FIRST_SIZE(custcap_ledger_options, 112);
LAYOUT(custcap_ledger_options, struct_size, 0);
LAYOUT(custcap_ledger_options, flags, 8);
LAYOUT(custcap_ledger_options, busy_timeout_ms, 12);
LAYOUT(custcap_ledger_options, threads, 16);
LAYOUT(custcap_ledger_options, reserved, 20);
LAYOUT(custcap_ledger_options, cache_bytes, 24);
LAYOUT(custcap_ledger_options, zone, 32);
LAYOUT(custcap_ledger_options, unit, 40);
LAYOUT(custcap_ledger_options, allocate, 48);
LAYOUT(custcap_ledger_options, allocate_context, 56);
LAYOUT(custcap_ledger_options, clock, 64);
LAYOUT(custcap_ledger_options, clock_context, 72);
LAYOUT(custcap_ledger_options, random, 80);
LAYOUT(custcap_ledger_options, random_context, 88);
LAYOUT(custcap_ledger_options, master_key, 96);
LAYOUT(custcap_ledger_options, master_key_context, 104);

FIRST_SIZE(custcap_head, 56);
LAYOUT(custcap_head, struct_size, 0);
LAYOUT(custcap_head, position, 8);
LAYOUT(custcap_head, time, 16);
LAYOUT(custcap_head, chain, 24);

FIRST_SIZE(custcap_snapshot_options, 56);
LAYOUT(custcap_snapshot_options, struct_size, 0);
LAYOUT(custcap_snapshot_options, as_known, 8);
LAYOUT(custcap_snapshot_options, as_known_time, 16);
LAYOUT(custcap_snapshot_options, as_of_instant, 24);
LAYOUT(custcap_snapshot_options, as_of_day, 32);
LAYOUT(custcap_snapshot_options, threads, 36);
LAYOUT(custcap_snapshot_options, progress, 40);
LAYOUT(custcap_snapshot_options, progress_context, 48);
