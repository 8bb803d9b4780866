/*
 * arrow.c - the same bulk load, out of an Arrow stream.
 *
 * Why here:   data frames come this way; it may cost no more than half the
 *             speed of the call that takes numbers (feed.c).
 * Method:     the feed becomes chunks of 131,072 rows before the clock runs:
 *             host keys as utf8, days as date32, amounts as decimal128, lines
 *             and channels as dictionaries.  One call imports them all.
 * Threads:    one.
 */
#include "bench.h"

#include <custcap/arrow.h>

#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROWS = 131072, COLUMNS = 5 };

typedef struct decimal {
    int64_t low, high;
} decimal;

/* One chunk's buffers; all chunks stay until the end. */
typedef struct chunk {
    int64_t rows;
    int32_t *offsets;
    char *keys;
    int32_t *days;
    decimal *amounts;
    int8_t *lines, *channels;
} chunk;

typedef struct words {
    int32_t offsets[WORDS_MAX + 1];
    char bytes[WORDS_MAX * WORD_BYTES];
    int64_t count;
} words;

typedef struct source {
    chunk *chunks;
    int64_t count, at;
    words lines, channels;
    const void *buffers[COLUMNS][3];
    const void *none[1];
    const void *word_buffers[2][3];
    struct ArrowArray arrays[COLUMNS], dictionaries[2];
    struct ArrowArray *array_list[COLUMNS];
    struct ArrowSchema schemas[COLUMNS], values;
    struct ArrowSchema *schema_list[COLUMNS];
} source;

/* Nothing is freed before the end: being released is a word. */
static void
array_done(struct ArrowArray *array)
{
    array->release = NULL;
}

static void
schema_done(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void
stream_done(struct ArrowArrayStream *stream)
{
    stream->release = NULL;
}

static void
words_fill(words *to, char list[][WORD_BYTES], int64_t count)
{
    int32_t used = 0;
    for (int64_t i = 0; i < count; i++) {
        const size_t length = strlen(list[i]);
        memcpy(to->bytes + used, list[i], length);
        used += (int32_t)length;
        to->offsets[i + 1] = used;
    }
    to->count = count;
}

static void
chunk_fill(chunk *to, const feed_entry *from, int64_t rows)
{
    to->rows = rows;
    const size_t count = (size_t)rows;
    to->offsets = calloc(count + 1, sizeof *to->offsets);
    to->keys = malloc(count * KEY_BYTES);
    to->days = malloc(count * sizeof *to->days);
    to->amounts = malloc(count * sizeof *to->amounts);
    to->lines = malloc(count);
    to->channels = malloc(count);
    must_not(to->offsets == NULL || to->keys == NULL || to->days == NULL
                 || to->amounts == NULL || to->lines == NULL
                 || to->channels == NULL,
             "memory");
    int32_t used = 0;
    for (int64_t i = 0; i < rows; i++) {
        memcpy(to->keys + used, from[i].key, (size_t)from[i].key_length);
        used += from[i].key_length;
        to->offsets[i + 1] = used;
        to->days[i] = from[i].day;
        to->amounts[i].low = from[i].amount;
        to->amounts[i].high = from[i].amount < 0 ? -1 : 0;
        to->lines[i] = from[i].line;
        to->channels[i] = from[i].channel;
    }
}

static int
give_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    static const char *const names[] = {"party", "day", "amount", "line",
                                        "channel"};
    static const char *const formats[] = {"u", "tdD", "d:19,2", "c", "c"};
    source *from = stream->private_data;
    memset(&from->values, 0, sizeof from->values);
    from->values.format = "u";
    from->values.release = schema_done;
    for (int i = 0; i < COLUMNS; i++) {
        struct ArrowSchema *field = &from->schemas[i];
        memset(field, 0, sizeof *field);
        field->format = formats[i];
        field->name = names[i];
        field->dictionary = i >= 3 ? &from->values : NULL;
        field->release = schema_done;
        from->schema_list[i] = field;
    }
    memset(out, 0, sizeof *out);
    out->format = "+s";
    out->n_children = COLUMNS;
    out->children = from->schema_list;
    out->release = schema_done;
    return 0;
}

static void
array_set(struct ArrowArray *array, int64_t length, int64_t buffers,
          const void **list)
{
    memset(array, 0, sizeof *array);
    array->length = length;
    array->n_buffers = buffers;
    array->buffers = list;
    array->release = array_done;
}

static void
dictionary_set(source *from, int at, const words *of)
{
    from->word_buffers[at][1] = of->offsets;
    from->word_buffers[at][2] = of->bytes;
    array_set(&from->dictionaries[at], of->count, 3, from->word_buffers[at]);
    from->arrays[3 + at].dictionary = &from->dictionaries[at];
}

static int
give_chunk(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    source *from = stream->private_data;
    memset(out, 0, sizeof *out);
    if (from->at == from->count) {
        return 0;
    }
    const chunk *next = &from->chunks[from->at++];
    const void *const data[COLUMNS] = {next->offsets, next->days,
                                       next->amounts, next->lines,
                                       next->channels};
    for (int i = 0; i < COLUMNS; i++) {
        from->buffers[i][1] = data[i];
        from->buffers[i][2] = i == 0 ? next->keys : NULL;
        array_set(&from->arrays[i], next->rows, i == 0 ? 3 : 2,
                  from->buffers[i]);
        from->array_list[i] = &from->arrays[i];
    }
    dictionary_set(from, 0, &from->lines);
    dictionary_set(from, 1, &from->channels);
    array_set(out, next->rows, 1, from->none);
    out->n_children = COLUMNS;
    out->children = from->array_list;
    return 0;
}

static void
source_fill(source *to, feed *all)
{
    to->count = (all->count + CHUNK_ROWS - 1) / CHUNK_ROWS;
    to->chunks = calloc((size_t)to->count, sizeof *to->chunks);
    must_not(to->chunks == NULL, "memory");
    for (int64_t i = 0; i < to->count; i++) {
        const int64_t left = all->count - i * CHUNK_ROWS;
        chunk_fill(&to->chunks[i], all->entries + i * CHUNK_ROWS,
                   left < CHUNK_ROWS ? left : CHUNK_ROWS);
    }
    words_fill(&to->lines, all->lines, all->line_count);
    words_fill(&to->channels, all->channels, all->channel_count);
}

static void
source_free(source *of)
{
    for (int64_t i = 0; i < of->count; i++) {
        free(of->chunks[i].offsets);
        free(of->chunks[i].keys);
        free(of->chunks[i].days);
        free(of->chunks[i].amounts);
        free(of->chunks[i].lines);
        free(of->chunks[i].channels);
    }
    free(of->chunks);
}

/* arrow DIRECTORY LEDGER: a new ledger out of entries.csv, as Arrow. */
void
arrow_run(char **arguments, custcap_error *error)
{
    feed all;
    static source from;
    custcap_ledger *ledger = NULL;
    custcap_ledger_options options;

    feed_read(&all, arguments[0], "entries.csv");
    source_fill(&from, &all);
    const int64_t count = all.count;
    feed_free(&all);
    custcap_ledger_options_init(&options);
    options.threads = (int32_t)setting("BENCH_THREADS", 2);
    custcap_receipt receipt;
    memset(&receipt, 0, sizeof receipt);
    receipt.struct_size = sizeof receipt;
    struct ArrowArrayStream stream = {give_schema, give_chunk, NULL,
                                      stream_done, &from};
    const double start = now_ms();
    const double spent = spent_ms();
    must(custcap_ledger_create(arguments[1], &options, &ledger, error),
         error, arguments[1]);
    must(custcap_ledger_import_arrow(ledger, CUSTCAP_ENTRY, &stream, NULL,
                                     &receipt, NULL, NULL, error),
         error, "import");
    custcap_ledger_free(ledger);
    const double end = now_ms();
    must_not(receipt.records_new != count, "records are missing");
    say("arrow_load", end - start, "ms");
    say("arrow_load_cpu", spent_ms() - spent, "ms");
    say("arrow_load_rate", (double)count / (end - start) * 1e3,
        "entries/s");
    source_free(&from);
}
