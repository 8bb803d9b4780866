/*
 * making.c - the commands that make a ledger: init and sample.
 *
 * Why here:   what fails half-way leaves nothing where nothing was.
 * Method:     a sample has a clock and randomness of its own, so that the
 *             same numbers give the same file; nobody should keep secrets in
 *             it.
 * Threads:    the main thread only.
 */
#include "cli.h"
#include "sample.h"
#include "vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A ledger this run made and does not want after all. */
static void
remove_made(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    const size_t room = strlen(path) + 8;
    char *name = memory_new(room, 1);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(name, room, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
    free(name);
}

static int
make_ledger(const arguments *given, const vocabulary *words,
            custcap_error *error)
{
    const char *path = given->words[0];
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    if (given->value[OPTION_ZONE] != NULL) {
        options.zone = given->value[OPTION_ZONE];
    }
    if (given->value[OPTION_UNIT] != NULL) {
        options.unit = given->value[OPTION_UNIT];
    }
    custcap_ledger *ledger = NULL;
    const custcap_status status =
        custcap_ledger_create(path, &options, &ledger, error);
    if (status != CUSTCAP_OK) {
        return say_failure(status, error, path);
    }
    int code = EXIT_OK;
    if (words != NULL) {
        code = vocabulary_record(words, ledger, 0, error);
    }
    custcap_ledger_free(ledger);
    if (code != EXIT_OK) {
        remove_made(path);
    }
    return code;
}

int
command_init(const arguments *given)
{
    /* The file is read first: a slip in it is no reason to make a ledger. */
    vocabulary *words = NULL;
    const char *file = given->value[OPTION_VOCABULARY];
    if (file != NULL) {
        const int code = vocabulary_read(file, &words);
        if (code != EXIT_OK) {
            return code;
        }
    }
    custcap_error *error = custcap_error_new();
    const int code = make_ledger(given, words, error);
    custcap_error_free(error);
    vocabulary_free(words);
    return code;
}

int
command_sample(const arguments *given)
{
    int64_t customers = 2000;
    int64_t seed = 1;
    int code = option_integer(given, OPTION_CUSTOMERS, 1, &customers);
    if (code == EXIT_OK) {
        code = option_integer(given, OPTION_SEED, 0, &seed);
    }
    if (code != EXIT_OK) {
        return code;
    }
    uint64_t state = 0;
    char what[] = "sample";
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    sample_options(&options, &state, (uint64_t)seed);
    const char *path = given->words[0];
    custcap_error *error = custcap_error_new();
    custcap_ledger *ledger = NULL;
    int made = 0;
    custcap_status status =
        custcap_ledger_open(path, &options, &ledger, error);
    if (status == CUSTCAP_NOT_FOUND) {
        status = custcap_ledger_create(path, &options, &ledger, error);
        made = status == CUSTCAP_OK;
    }
    if (status == CUSTCAP_OK) {
        status = sample_run(ledger, customers, (uint64_t)seed,
                            progress_show, what, error);
    }
    code = status == CUSTCAP_OK ? EXIT_OK : say_failure(status, error, path);
    custcap_ledger_free(ledger);
    if (status != CUSTCAP_OK && made) {
        remove_made(path);
    }
    custcap_error_free(error);
    return code;
}
