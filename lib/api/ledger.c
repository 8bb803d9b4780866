/*
 * ledger.c - making, opening and letting go of a ledger.
 *
 * Why here:   options are checked and turned into the rooms' own here, once.
 * Method:     one connection of the ledger's own (writing, unless read only)
 *             and a source that all snapshots share.
 * Invariants: a ledger that was handed out has store, source, words, zone.
 * Threads:    one handle, one thread at a time.
 */
#include "handle.h"
#include "base/sort.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_TIMEOUT_MS_DEFAULT = 5000, THREADS_MAX = 1024 };

void
custcap_ledger_options_init(custcap_ledger_options *options)
{
    if (options == NULL) {
        return;
    }
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
    options->busy_timeout_ms = BUSY_TIMEOUT_MS_DEFAULT;
    options->zone = "UTC";
    options->unit = "CNY";
}

/* Copy what the caller's struct has, defaults for the rest. */
static custcap_status
options_read(const custcap_ledger_options *given,
             custcap_ledger_options *options, custcap_error *error)
{
    custcap_ledger_options_init(options);
    if (given == NULL) {
        return CUSTCAP_OK;
    }
    const uint64_t size = given->struct_size;
    if (size < sizeof(uint64_t) || size % 8 != 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "options.struct_size is %llu; call "
                       "custcap_ledger_options_init first",
                       (unsigned long long)size);
    }
    for (uint64_t i = sizeof *options; i < size; i++) {
        if (((const uint8_t *)given)[i] != 0) {
            return cc_fail(error, CUSTCAP_UNSUPPORTED,
                           "options have a field of a later version set");
        }
    }
    const uint64_t known = size < sizeof *options ? size : sizeof *options;
    memcpy(options, given, (size_t)known);
    options->struct_size = sizeof *options;
    if (options->flags & ~CUSTCAP_LEDGER_READ_ONLY) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED, "unknown flags %d",
                       (int)options->flags);
    }
    if (options->busy_timeout_ms < 0 || options->threads < 0 ||
        options->threads > THREADS_MAX || options->cache_bytes < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "busy_timeout_ms and cache_bytes must not be negative, "
                       "threads between 0 and %d", THREADS_MAX);
    }
    options->zone = options->zone != NULL ? options->zone : "UTC";
    options->unit = options->unit != NULL ? options->unit : "CNY";
    return CUSTCAP_OK;
}

static void
store_options_fill(const custcap_ledger *ledger,
                   const custcap_ledger_options *options,
                   cc_store_options *store)
{
    memset(store, 0, sizeof *store);
    store->memory = &ledger->memory;
    store->read_only = ledger->read_only;
    store->busy_timeout_ms = options->busy_timeout_ms;
    store->projection_schema = cc_small_schema();
    store->projection_version = CC_PROJECTION_VERSION;
    store->random = options->random;
    store->random_context = options->random_context;
    store->master_key = options->master_key;
    store->master_key_context = options->master_key_context;
}

static custcap_status
ledger_new(const custcap_ledger_options *options, custcap_ledger **ledger,
           custcap_error *error)
{
    const cc_memory memory = {options->allocate, options->allocate_context};
    CC_TRY(cc_hash_open(error));
    custcap_ledger *made = cc_zeros(&memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->memory = memory;
    made->owner = cc_process_id();
    made->read_only = options->flags & CUSTCAP_LEDGER_READ_ONLY;
    made->threads =
        options->threads > 0 ? options->threads : cc_processor_count();
    made->closed_day = CC_DAY_NONE;
    made->data_version = -1;
    made->clock = options->clock;
    made->clock_context = options->clock_context;
    made->random = options->random;
    made->random_context = options->random_context;
    made->master_key = options->master_key;
    made->master_key_context = options->master_key_context;
    *ledger = made;
    return CUSTCAP_OK;
}

void
custcap_ledger_free(custcap_ledger *ledger)
{
    if (ledger == NULL) {
        return;
    }
    const cc_memory memory = ledger->memory;
    if (ledger->closed) {
        return;
    }
    if (ledger->owner == cc_process_id()) {
        if (ledger->store != NULL && cc_store_is_writing(ledger->store)) {
            cc_store_rollback(ledger->store);
        }
        cc_keys_free(ledger->record_keys);
        cc_keys_free(ledger->party_keys);
        cc_source_free(ledger->source);
        cc_store_free(ledger->store);
    }
    cc_map_free(ledger->parties);
    ledger->parties = NULL;
    cc_gathering_free(ledger->gathering);
    ledger->gathering = NULL;
    cc_free(&memory, ledger->erased);
    ledger->erased = NULL;
    ledger->closed = 1;
    /* A batch that is left keeps the handle, so that it can say MISUSE. */
    if (ledger->batches == 0) {
        cc_free(&memory, ledger);
    }
}

/* The number of a unit that is built in; a ledger's own unit always is, for
 * the ledger is made with it. */
static custcap_status
builtin_unit(const cc_memory *memory, const char *code, int64_t *unit,
             custcap_error *error)
{
    cc_words *words = NULL;
    CC_TRY(cc_words_new(memory, &words, error));
    *unit = cc_words_find(words, CC_W_UNIT, cc_text_of(code, -1));
    cc_words_free(words);
    if (*unit == 0) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "unit %s is not known: expected an ISO 4217 code or "
                       "another built-in unit",
                       cc_text_show(cc_text_of(code, -1), room));
    }
    return CUSTCAP_OK;
}

/* The source and what it shares, once the store is open. */
static custcap_status
ledger_attach(custcap_ledger *ledger, const char *path,
              const custcap_ledger_options *options, custcap_error *error)
{
    char zone[256];
    char unit[256];
    CC_TRY(cc_store_meta_text(ledger->store, "zone", zone, sizeof zone,
                              error));
    CC_TRY(cc_store_meta_text(ledger->store, "unit", unit, sizeof unit,
                              error));
    cc_source_options source = {0};
    source.memory = ledger->memory;
    source.path = path;
    store_options_fill(ledger, options, &source.store);
    source.store.read_only = 1;
    source.cache_bytes = options->cache_bytes;
    source.threads = ledger->threads;
    source.zone = zone;
    CC_TRY(builtin_unit(&ledger->memory, unit, &source.unit, error));
    ledger->unit = source.unit;
    CC_TRY(cc_source_new(&source, &ledger->source, error));
    ledger->words = cc_source_words(ledger->source);
    ledger->zone = cc_source_zone(ledger->source);
    CC_TRY(cc_store_begin_read(ledger->store, error));
    custcap_status status =
        cc_words_refresh(ledger->words, ledger->store, error);
    cc_store_end_read(ledger->store);
    CC_TRY(status);
    if (!ledger->read_only) {
        CC_TRY(cc_keys_open(ledger->store, CC_KEYS_RECORD,
                            &ledger->record_keys, error));
        CC_TRY(cc_map_new(&ledger->memory, 1024, &ledger->parties, error));
    }
    return cc_keys_open(ledger->store, CC_KEYS_PARTY, &ledger->party_keys,
                        error);
}

/* The first batch of every ledger: the company itself, party CC_US. */
static custcap_status
ledger_first_batch(custcap_ledger *ledger, custcap_error *error)
{
    CC_TRY(cc_ledger_begin(ledger, error));
    cc_body body;
    cc_body_init(&body, &ledger->memory);
    int64_t row = 0;
    cc_head head;
    custcap_status status =
        cc_body_extend(&body, CC_PARTY, 1, &row, error);
    if (status == CUSTCAP_OK) {
        for (int32_t c = 0; c < CC_PARTY_COLUMNS; c++) {
            body.rows[CC_PARTY].columns[c][row] = 0;
        }
        body.rows[CC_PARTY].columns[CC_PARTY_PARTY][row] = CC_US;
        body.rows[CC_PARTY].columns[CC_PARTY_FORM][row] =
            CC_FORM_ORGANISATION;
        ledger->party_count = CC_US;
        status = cc_secret_make(ledger->store, CC_US, 1, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_ledger_append(ledger, &body, &head, error);
    }
    cc_body_free(&body);
    if (status != CUSTCAP_OK) {
        cc_ledger_rollback(ledger);
        return status;
    }
    return cc_ledger_commit(ledger, error);
}

/* Zone and unit must exist before a file is made. */
static custcap_status
creation_check(const custcap_ledger *ledger,
               const custcap_ledger_options *options, custcap_error *error)
{
    cc_zone *zone = NULL;
    CC_TRY(cc_zone_open(&ledger->memory, cc_text_of(options->zone, -1),
                        &zone, error));
    cc_zone_free(zone);
    int64_t unit = 0;
    return builtin_unit(&ledger->memory, options->unit, &unit, error);
}

static void
half_remove(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    char name[PATH_MAX];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const int length = snprintf(name, sizeof name, "%s%s", path, ends[i]);
        if (length > 0 && (size_t)length < sizeof name) {
            (void)unlink(name);
        }
    }
}

custcap_status
custcap_ledger_create(const char *path, const custcap_ledger_options *given,
                      custcap_ledger **ledger, custcap_error *error)
{
    if (ledger != NULL) {
        *ledger = NULL;
    }
    if (path == NULL || path[0] == '\0' || ledger == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a path and a place for the ledger are needed");
    }
    custcap_ledger_options options;
    CC_TRY(options_read(given, &options, error));
    if (options.flags & CUSTCAP_LEDGER_READ_ONLY) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a new ledger can't be read only");
    }
    custcap_ledger *made = NULL;
    CC_TRY(ledger_new(&options, &made, error));
    cc_store_options store;
    store_options_fill(made, &options, &store);
    custcap_status status = creation_check(made, &options, error);
    if (status == CUSTCAP_OK) {
        status = cc_store_create(path, &store, options.zone, options.unit,
                                 &made->store, error);
    }
    if (status == CUSTCAP_OK) {
        status = ledger_attach(made, path, &options, error);
        if (status == CUSTCAP_OK) {
            status = ledger_first_batch(made, error);
        }
        if (status != CUSTCAP_OK) {
            /* Half a ledger is worse than none; the path was free. */
            custcap_ledger_free(made);
            half_remove(path);
            return status;
        }
    }
    if (status != CUSTCAP_OK) {
        custcap_ledger_free(made);
        return status;
    }
    *ledger = made;
    return CUSTCAP_OK;
}

custcap_status
custcap_ledger_open(const char *path, const custcap_ledger_options *given,
                    custcap_ledger **ledger, custcap_error *error)
{
    if (ledger != NULL) {
        *ledger = NULL;
    }
    if (path == NULL || path[0] == '\0' || ledger == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a path and a place for the ledger are needed");
    }
    custcap_ledger_options options;
    CC_TRY(options_read(given, &options, error));
    custcap_ledger *made = NULL;
    CC_TRY(ledger_new(&options, &made, error));
    cc_store_options store;
    store_options_fill(made, &options, &store);
    int rebuild = 0;
    custcap_status status =
        cc_store_open(path, &store, &rebuild, &made->store, error);
    if (status == CUSTCAP_OK && rebuild && made->read_only) {
        status = cc_fail(error, CUSTCAP_UNSUPPORTED,
                         "%s was written by another version: open it for "
                         "writing once, so that it is rebuilt", path);
    }
    if (status == CUSTCAP_OK) {
        status = ledger_attach(made, path, &options, error);
    }
    if (status == CUSTCAP_OK && rebuild) {
        status = custcap_ledger_rebuild(made, NULL, NULL, error);
    }
    if (status != CUSTCAP_OK) {
        custcap_ledger_free(made);
        return status;
    }
    *ledger = made;
    return CUSTCAP_OK;
}

custcap_status
custcap_ledger_head(custcap_ledger *ledger, custcap_head *head,
                    custcap_error *error)
{
    CC_TRY(cc_ledger_check(ledger, 0, error));
    if (head == NULL || head->struct_size < sizeof *head) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "head.struct_size must be set to sizeof head");
    }
    cc_head found;
    CC_TRY(cc_journal_head(ledger->store, &found, error));
    head->position = found.position;
    head->time = found.time;
    memcpy(head->chain, found.chain, sizeof head->chain);
    return CUSTCAP_OK;
}

const char *
custcap_ledger_zone(const custcap_ledger *ledger)
{
    return ledger == NULL ? NULL : cc_zone_name(ledger->zone);
}

const char *
custcap_ledger_unit(const custcap_ledger *ledger)
{
    /* Codes of words are NUL-terminated where they are kept. */
    return ledger == NULL ? NULL
                          : cc_words_code(ledger->words, ledger->unit).data;
}

int32_t
custcap_ledger_unit_scale(custcap_ledger *ledger, const char *unit)
{
    if (ledger == NULL || unit == NULL) {
        return -1;
    }
    return cc_words_scale(ledger->words,
                          cc_words_find(ledger->words, CC_W_UNIT,
                                        cc_text_of(unit, -1)));
}
