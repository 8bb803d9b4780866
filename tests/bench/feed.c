/*
 * feed.c - the entries of a CSV file, and the bulk load of them.
 *
 * Why here:   what a program does that has its entries in memory: ask for
 *             the number of every host key, then hand over columns.  Reading
 *             the file is not what is measured.
 * Method:     the file is read whole and split by hand; words get numbers
 *             in order of appearance.
 * Threads:    one.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
die(const char *what, const char *at)
{
    fprintf(stderr, "bench: %s: '%.40s'\n", what, at);
    exit(1);
}

static char *
read_file(const char *directory, const char *name, int64_t *size)
{
    char path[4096];
    const int length =
        snprintf(path, sizeof path, "%s/%s", directory, name);
    if (length < 0 || length >= (int)sizeof path) {
        die("the directory's name is too long", directory);
    }
    FILE *file = fopen(path, "rb");
    must_not(file == NULL || fseek(file, 0, SEEK_END) != 0, path);
    *size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)*size + 1);
    must_not(text == NULL
                 || fread(text, 1, (size_t)*size, file) != (size_t)*size,
             path);
    fclose(file);
    text[*size] = 0;
    return text;
}

/* The number of a word, which ends at a comma or a newline. */
static int8_t
word_number(char words[][WORD_BYTES], int64_t *count, const char *at,
            size_t length)
{
    for (int64_t i = 0; i < *count; i++) {
        if (strncmp(words[i], at, length) == 0 && words[i][length] == 0) {
            return (int8_t)i;
        }
    }
    if (*count == WORDS_MAX || length >= WORD_BYTES) {
        die("too many words, or too long", at);
    }
    memcpy(words[*count], at, length);
    return (int8_t)(*count)++;
}

static int32_t
digits(const char *at, int count)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9') {
            die("expected a digit", at);
        }
        value = value * 10 + at[i] - '0';
    }
    return value;
}

/* Days since 1970-01-01 of YYYY-MM-DD, for years from 1970 to 2099. */
static int32_t
day_of(const char *at)
{
    static const int32_t before[] = {0,   31,  59,  90,  120, 151,
                                     181, 212, 243, 273, 304, 334};
    const int32_t year = digits(at, 4);
    const int32_t month = digits(at + 5, 2);
    const int32_t leaps = (year - 1969) / 4;
    const int32_t leap_day = month > 2 && year % 4 == 0;
    return (year - 1970) * 365 + leaps + before[(month - 1) % 12] + leap_day
           + digits(at + 8, 2) - 1;
}

/* Minor units of -D.DD, up to a comma. */
static int64_t
cents_of(const char *at)
{
    const int negative = *at == '-';
    int64_t value = 0;
    for (at += negative; *at != ','; at++) {
        if (*at != '.') {
            value = value * 10 + digits(at, 1);
        }
    }
    return negative ? -value : value;
}

static const char *
read_row(feed *into, const char *at)
{
    feed_entry *entry = &into->entries[into->count++];
    const size_t key_length = strcspn(at, ",");
    if (key_length > KEY_BYTES) {
        die("a key is too long", at);
    }
    memset(entry, 0, sizeof *entry);
    memcpy(entry->key, at, key_length);
    entry->key_length = (int8_t)key_length;
    at += key_length + 1;
    entry->day = day_of(at);
    at += 11;
    entry->amount = cents_of(at);
    at += strcspn(at, ",") + 1;
    const size_t line_length = strcspn(at, ",");
    entry->line =
        word_number(into->lines, &into->line_count, at, line_length);
    at += line_length + 1;
    const size_t channel_length = strcspn(at, "\n");
    entry->channel = word_number(into->channels, &into->channel_count, at,
                                 channel_length);
    return at + channel_length + (at[channel_length] == '\n');
}

void
feed_read(feed *into, const char *directory, const char *name)
{
    int64_t size = 0;
    char *text = read_file(directory, name, &size);
    int64_t rows = 0;
    for (int64_t i = 0; i < size; i++) {
        rows += text[i] == '\n';
    }
    memset(into, 0, sizeof *into);
    into->entries = malloc((size_t)(rows + 1) * sizeof *into->entries);
    must_not(into->entries == NULL, "memory");
    const char *at = text + strcspn(text, "\n") + 1;
    while (at < text + size) {
        at = read_row(into, at);
    }
    free(text);
}

void
feed_free(feed *of)
{
    free(of->entries);
    of->entries = NULL;
}

static void
words_of(custcap_batch *batch, int32_t kind, const char words[][WORD_BYTES],
         int64_t count, int64_t *numbers, custcap_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        must(custcap_batch_word(batch, kind, words[i], -1, &numbers[i],
                                error),
             error, words[i]);
    }
}

void
feed_add(const feed *of, int64_t from, int64_t to, custcap_batch *batch,
         custcap_error *error)
{
    int64_t lines[WORDS_MAX];
    int64_t channels[WORDS_MAX];
    custcap_entry *room = malloc((size_t)(to - from) * sizeof *room);

    must_not(room == NULL, "memory");
    words_of(batch, CUSTCAP_WORD_LINE, of->lines, of->line_count, lines,
             error);
    words_of(batch, CUSTCAP_WORD_CHANNEL, of->channels, of->channel_count,
             channels, error);
    for (int64_t i = from; i < to; i++) {
        const feed_entry *source = &of->entries[i];
        custcap_entry *entry = &room[i - from];
        custcap_entry_init(entry);
        must(custcap_batch_party(batch, source->key, source->key_length,
                                 &entry->party, error),
             error, "party");
        entry->amount = source->amount;
        entry->day = source->day;
        entry->line = lines[source->line];
        entry->channel = channels[source->channel];
    }
    must(custcap_batch_add_entries(batch, room, to - from, sizeof *room,
                                   error),
         error, "add entries");
    free(room);
}

void
feed_commit(const feed *of, custcap_batch *batch, custcap_error *error)
{
    for (int64_t at = 0; at < of->count; at += BATCH_ROWS) {
        const int64_t rest = of->count - at;
        feed_add(of, at, at + (rest < BATCH_ROWS ? rest : BATCH_ROWS), batch,
                 error);
        must(custcap_batch_commit(batch, NULL, error), error, "commit");
        custcap_batch_clear(batch);
    }
}

/* load DIRECTORY LEDGER: a new ledger out of entries.csv, one import. */
void
load_run(char **arguments, custcap_error *error)
{
    feed all;
    custcap_ledger *ledger = NULL;
    custcap_batch *batch = NULL;
    custcap_ledger_options options;

    feed_read(&all, arguments[0], "entries.csv");
    custcap_ledger_options_init(&options);
    options.threads = (int32_t)setting("BENCH_THREADS", 2);
    const double start = now_ms();
    const double spent = spent_ms();
    must(custcap_ledger_create(arguments[1], &options, &ledger, error),
         error, arguments[1]);
    must(custcap_batch_new(ledger, &batch, error), error, "batch");
    must(custcap_ledger_import_begin(ledger, error), error, "import");
    feed_commit(&all, batch, error);
    const double appended = now_ms();
    must(custcap_ledger_import_end(ledger, NULL, NULL, error), error,
         "import end");
    custcap_batch_free(batch);
    custcap_ledger_free(ledger);
    const double end = now_ms();
    say("bulk_load", end - start, "ms");
    say("bulk_load_cpu", spent_ms() - spent, "ms");
    say("bulk_load_batches", appended - start, "ms");
    say("bulk_load_end", end - appended, "ms");
    say("bulk_load_rate", (double)all.count / (end - start) * 1e3,
        "entries/s");
    feed_free(&all);
}
