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

FIRST_SIZE(custcap_arrow_options, 24);
LAYOUT(custcap_arrow_options, struct_size, 0);
LAYOUT(custcap_arrow_options, flags, 8);
LAYOUT(custcap_arrow_options, rounding, 12);
LAYOUT(custcap_arrow_options, source, 16);

FIRST_SIZE(custcap_model_data, 96);
LAYOUT(custcap_model_data, struct_size, 0);
LAYOUT(custcap_model_data, count, 8);
LAYOUT(custcap_model_data, frequency, 16);
LAYOUT(custcap_model_data, recency, 24);
LAYOUT(custcap_model_data, age, 32);
LAYOUT(custcap_model_data, spend, 40);
LAYOUT(custcap_model_data, log_intervals, 48);
LAYOUT(custcap_model_data, weights, 56);
LAYOUT(custcap_model_data, survivors, 64);
LAYOUT(custcap_model_data, transaction_z, 72);
LAYOUT(custcap_model_data, dropout_z, 80);
LAYOUT(custcap_model_data, transaction_covariates, 88);
LAYOUT(custcap_model_data, dropout_covariates, 92);

FIRST_SIZE(custcap_model_options, 128);
LAYOUT(custcap_model_options, struct_size, 0);
LAYOUT(custcap_model_options, model, 8);
LAYOUT(custcap_model_options, threads, 16);
LAYOUT(custcap_model_options, starts, 20);
LAYOUT(custcap_model_options, k, 24);
LAYOUT(custcap_model_options, reserved, 28);
LAYOUT(custcap_model_options, confidence, 32);
LAYOUT(custcap_model_options, penalty, 40);
LAYOUT(custcap_model_options, prior_mean, 48);
LAYOUT(custcap_model_options, prior_sd, 56);
LAYOUT(custcap_model_options, prior_count, 64);
LAYOUT(custcap_model_options, start, 72);
LAYOUT(custcap_model_options, start_count, 80);
LAYOUT(custcap_model_options, iterations_max, 88);
LAYOUT(custcap_model_options, allocate, 96);
LAYOUT(custcap_model_options, allocate_context, 104);
LAYOUT(custcap_model_options, progress, 112);
LAYOUT(custcap_model_options, progress_context, 120);

FIRST_SIZE(custcap_model_ask, 104);
LAYOUT(custcap_model_ask, struct_size, 0);
LAYOUT(custcap_model_ask, what, 8);
LAYOUT(custcap_model_ask, threads, 12);
LAYOUT(custcap_model_ask, transactions, 16);
LAYOUT(custcap_model_ask, ahead, 24);
LAYOUT(custcap_model_ask, ahead_each, 32);
LAYOUT(custcap_model_ask, discount, 40);
LAYOUT(custcap_model_ask, discount_each, 48);
LAYOUT(custcap_model_ask, factors, 56);
LAYOUT(custcap_model_ask, factor_count, 64);
LAYOUT(custcap_model_ask, factor_step, 72);
LAYOUT(custcap_model_ask, spend, 80);
LAYOUT(custcap_model_ask, value, 88);
LAYOUT(custcap_model_ask, margin, 96);

FIRST_SIZE(custcap_model_estimate, 40);
LAYOUT(custcap_model_estimate, struct_size, 0);
LAYOUT(custcap_model_estimate, value, 8);
LAYOUT(custcap_model_estimate, standard_error, 16);
LAYOUT(custcap_model_estimate, lower, 24);
LAYOUT(custcap_model_estimate, upper, 32);

FIRST_SIZE(custcap_model_simulated, 56);
LAYOUT(custcap_model_simulated, struct_size, 0);
LAYOUT(custcap_model_simulated, frequency, 8);
LAYOUT(custcap_model_simulated, recency, 16);
LAYOUT(custcap_model_simulated, log_intervals, 24);
LAYOUT(custcap_model_simulated, alive, 32);
LAYOUT(custcap_model_simulated, rate, 40);
LAYOUT(custcap_model_simulated, spend, 48);
