/*
 * arguments.c - the grammar of the command line.
 *
 * Why here:   what a command takes is data, so that the usage text, the
 *             parser and the manual can't drift far apart.
 * Method:     options may stand anywhere after the command, as --name=value
 *             or --name value; --filter and --set go on for as long as words
 *             have the form name=value.  "--" ends the options.
 * Invariants: an option is given at most once, except --filter and --set.
 * Threads:    the main thread only.
 */
#include "cli.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum option_kind { IS_FLAG, IS_VALUE, IS_PAIRS } option_kind;

static const struct {
    const char *name;
    option_kind kind;
} option_about[OPTION_COUNT] = {
    [OPTION_AS_KNOWN] = {"as-known", IS_VALUE},
    [OPTION_AS_CLOSED] = {"as-closed", IS_VALUE},
    [OPTION_AS_OF] = {"as-of", IS_VALUE},
    [OPTION_BUDGET] = {"budget", IS_VALUE},
    [OPTION_COLUMN] = {"column", IS_VALUE},
    [OPTION_CUSTOMERS] = {"customers", IS_VALUE},
    [OPTION_DRY_RUN] = {"dry-run", IS_FLAG},
    [OPTION_FILTER] = {"filter", IS_PAIRS},
    [OPTION_FORMAT] = {"format", IS_VALUE},
    [OPTION_FROM] = {"from", IS_VALUE},
    [OPTION_HELP] = {"help", IS_FLAG},
    [OPTION_LANG] = {"lang", IS_VALUE},
    [OPTION_LIMIT] = {"limit", IS_VALUE},
    [OPTION_MAP] = {"map", IS_VALUE},
    [OPTION_PERIOD] = {"period", IS_VALUE},
    [OPTION_PROVE] = {"prove", IS_FLAG},
    [OPTION_RAW] = {"raw", IS_FLAG},
    [OPTION_ROW] = {"row", IS_VALUE},
    [OPTION_SEED] = {"seed", IS_VALUE},
    [OPTION_SET] = {"set", IS_PAIRS},
    [OPTION_SINCE] = {"since", IS_VALUE},
    [OPTION_SORT] = {"sort", IS_VALUE},
    [OPTION_SOURCE] = {"source", IS_VALUE},
    [OPTION_TO] = {"to", IS_VALUE},
    [OPTION_UNIT] = {"unit", IS_VALUE},
    [OPTION_VIEWER] = {"viewer", IS_VALUE},
    [OPTION_VOCABULARY] = {"vocabulary", IS_VALUE},
    [OPTION_ZONE] = {"zone", IS_VALUE},
};

#define WINDOW (WITH(FROM) | WITH(TO) | WITH(PERIOD))
#define MOMENT (WITH(AS_OF) | WITH(AS_KNOWN) | WITH(AS_CLOSED))
#define ASKING                                                                \
    (WINDOW | MOMENT | WITH(UNIT) | WITH(FILTER) | WITH(SET) | WITH(SORT) |   \
     WITH(LIMIT) | WITH(VIEWER) | WITH(LANG) | WITH(FORMAT))

static const command commands[] = {
    {"init", command_init, WITH(ZONE) | WITH(UNIT) | WITH(VOCABULARY), 1, 1,
     "LEDGER [--zone=ZONE] [--unit=CODE] [--vocabulary=FILE]",
     "Make a new ledger"},
    {"sample", command_sample, WITH(CUSTOMERS) | WITH(SEED), 1, 1,
     "LEDGER [--customers=N] [--seed=N]",
     "Fill a new ledger with a made-up company"},
    {"import", command_import, WITH(MAP) | WITH(SOURCE) | WITH(DRY_RUN), 3, 3,
     "LEDGER RECORD FILE.csv|- [--map=FILE] [--source=NAME] [--dry-run]",
     "Read records from a CSV file, all or none"},
    {"export", command_export,
     WITH(FORMAT) | WITH(SINCE) | WITH(RAW) | WITH(VIEWER) | MOMENT, 2, 2,
     "LEDGER RECORD [--format=csv|json] [--since=POSITION] [--raw]\n"
     "       [--viewer=N]",
     "Write records as CSV or JSON"},
    {"post", command_post, WITH(SOURCE), 3, -1,
     "LEDGER RECORD field=value ... [--source=NAME]", "Add one record"},
    {"settle", command_settle, WITH(SOURCE), 2, -1,
     "LEDGER field=value ... [--source=NAME]",
     "Add an entry over what is open: a row an open item, oldest first"},
    {"list", command_list_records, WITH(LIMIT) | WITH(VIEWER) | MOMENT, 2, -1,
     "LEDGER RECORD [field=value ...] [--limit=N] [--viewer=N]",
     "Show records whose fields have these values"},
    {"measures", command_measures, 0, 0, 1, "[NAME]",
     "List the measures, or say what one of them means"},
    {"measure", command_measure, ASKING, 2, 2,
     "LEDGER NAME [--from=D] [--to=D] [--period=month]\n"
     "       [--as-of=T] [--as-known=N | --as-closed=D] [--unit=U]"
     " [--filter field=value ...]"
     "\n       [--set name=value ...] [--sort=COLUMN] [--limit=N] "
     "[--viewer=N]\n       [--lang=en|zh] [--format=table|csv|json]",
     "Ask for a measure"},
    {"drill", command_drill,
     ASKING | WITH(ROW) | WITH(COLUMN) | WITH(PROVE), 2, 2,
     "LEDGER NAME --row=N --column=C [--prove] [options of measure]",
     "Show what stands behind one cell of a measure"},
    {"report", command_report, WITH(LANG) | WITH(FORMAT) | MOMENT, 1, 1,
     "LEDGER [--lang=en|zh] [--format=text|html|vega|dot]\n"
     "       [--as-of=T] [--as-known=N | --as-closed=D]",
     "Say on a page or two how customer capital stands"},
    {"verify", command_verify, 0, 1, 1, "LEDGER",
     "Check chain, records, columns and file"},
    {"head", command_head, 0, 1, 1, "LEDGER",
     "Print position, time and chain: keep them elsewhere"},
    {"seal", command_seal, WITH(BUDGET), 1, 1, "LEDGER [--budget=BYTES]",
     "Put recent records into columns"},
    {"rebuild", command_rebuild, 0, 1, 1, "LEDGER",
     "Make everything derived again from the journal"},
    {"backup", command_backup, 0, 2, 2, "LEDGER COPY",
     "Make a consistent copy"},
    {"undo", command_undo, 0, 2, 2, "LEDGER POSITION",
     "Take back a batch, or the import it belongs to"},
    {"erase", command_erase, WITH(SOURCE), 2, 2,
     "LEDGER PARTY [--source=NAME]", "Erase who a party is"},
    {"close", command_close, 0, 2, 2, "LEDGER DAY",
     "Close the books up to and with a day"},
    {NULL, NULL, 0, 0, 0, NULL, NULL},
};

const command *
command_list(void)
{
    return commands;
}

const command *
command_find(const char *name)
{
    for (const command *one = commands; one->name != NULL; one++) {
        if (strcmp(one->name, name) == 0) {
            return one;
        }
    }
    return NULL;
}

int
usage_error(const arguments *given, const char *format, ...)
{
    char text[512];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    say("%s: %s", given->command->name, text);
    say("usage: custcap %s %s", given->command->name, given->command->usage);
    return EXIT_USAGE;
}

int
pair_read(const char *text, pair *read)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        return 0;
    }
    read->name = memory_text(text, (size_t)(equals - text));
    read->value = equals + 1;
    return 1;
}

static void
pairs_add(pair_list *list, pair one)
{
    list->items = memory_resize(list->items, (size_t)list->count + 1,
                                sizeof *list->items);
    list->items[list->count++] = one;
}

void
pairs_free(pair_list *list)
{
    for (int i = 0; i < list->count; i++) {
        free(list->items[i].name);
    }
    free(list->items);
    list->items = NULL;
    list->count = 0;
}

/* The option whose name is the first `length` bytes, or OPTION_COUNT. */
static option
option_find(const char *name, size_t length)
{
    int which = 0;
    while (which < OPTION_COUNT &&
           (strlen(option_about[which].name) != length ||
            memcmp(option_about[which].name, name, length) != 0)) {
        which++;
    }
    return (option)which;
}

/* --filter a=b c=d: takes pairs from `at` on; returns how many words. */
static int
pairs_take(arguments *given, option which, const char *attached, int left,
           char **at)
{
    pair_list *list =
        which == OPTION_FILTER ? &given->filters : &given->sets;
    const char *name = option_about[which].name;
    pair one;
    int taken = 0;
    if (attached != NULL) {
        if (!pair_read(attached, &one)) {
            usage_error(given, "--%s: \"%.100s\" where name=value was "
                        "expected", name, attached);
            return -1;
        }
        pairs_add(list, one);
        return 0;
    }
    while (taken < left && at[taken][0] != '-' &&
           pair_read(at[taken], &one)) {
        pairs_add(list, one);
        taken++;
    }
    if (taken == 0) {
        usage_error(given, "--%s needs name=value", name);
        return -1;
    }
    return taken;
}

/* One option at texts[0]; returns how many words it took, -1 on error. */
static int
option_take(arguments *given, int left, char **texts)
{
    const char *name = texts[0] + 2;
    const char *equals = strchr(name, '=');
    const size_t length =
        equals != NULL ? (size_t)(equals - name) : strlen(name);
    const char *attached = equals != NULL ? equals + 1 : NULL;
    const option which = option_find(name, length);
    if (which == OPTION_COUNT ||
        (which != OPTION_HELP &&
         !(given->command->options & (UINT32_C(1) << which)))) {
        usage_error(given, "there is no option %.100s", texts[0]);
        return -1;
    }
    if (option_about[which].kind == IS_PAIRS) {
        const int taken =
            pairs_take(given, which, attached, left - 1, texts + 1);
        return taken < 0 ? -1 : taken + 1;
    }
    if (given->value[which] != NULL) {
        usage_error(given, "--%s is given twice", option_about[which].name);
        return -1;
    }
    if (option_about[which].kind == IS_FLAG) {
        if (attached != NULL) {
            usage_error(given, "--%s takes no value",
                        option_about[which].name);
            return -1;
        }
        given->value[which] = "";
        return 1;
    }
    const int separate = attached == NULL && left > 1;
    given->value[which] = separate ? texts[1] : attached;
    if (given->value[which] == NULL || given->value[which][0] == '\0') {
        usage_error(given, "--%s needs a value", option_about[which].name);
        return -1;
    }
    return separate ? 2 : 1;
}

static int
words_check(const arguments *given)
{
    const command *one = given->command;
    if (given->value[OPTION_HELP] != NULL) {
        return EXIT_OK;
    }
    if (given->word_count < one->words_min) {
        return usage_error(given, "something is missing");
    }
    if (one->words_max >= 0 && given->word_count > one->words_max) {
        return usage_error(given, "\"%.100s\" is one too many",
                           given->words[one->words_max]);
    }
    return EXIT_OK;
}

int
arguments_read(const command *wanted, int count, char **texts,
               arguments *given)
{
    assert(wanted != NULL);
    assert(count >= 0);

    memset(given, 0, sizeof *given);
    given->command = wanted;
    given->words = memory_new((size_t)count + 1, sizeof *given->words);
    int only_words = 0;
    for (int i = 0; i < count;) {
        const char *text = texts[i];
        if (only_words || text[0] != '-' || strcmp(text, "-") == 0) {
            given->words[given->word_count++] = text;
            i++;
        } else if (strcmp(text, "--") == 0) {
            only_words = 1;
            i++;
        } else if (strcmp(text, "-h") == 0) {
            given->value[OPTION_HELP] = "";
            i++;
        } else if (text[1] != '-') {
            return usage_error(given, "there is no option %.100s", text);
        } else {
            const int taken = option_take(given, count - i, texts + i);
            if (taken < 0) {
                return EXIT_USAGE;
            }
            i += taken;
        }
    }
    return words_check(given);
}

void
arguments_free(arguments *given)
{
    pairs_free(&given->filters);
    pairs_free(&given->sets);
    free(given->words);
    given->words = NULL;
}

int
option_integer(const arguments *given, option which, int64_t least,
               int64_t *value)
{
    const char *text = given->value[which];
    if (text == NULL) {
        return EXIT_OK;
    }
    char *end = NULL;
    errno = 0;
    const long long read = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || read < least ||
        text[0] == ' ') {
        return usage_error(given,
                           "--%s: \"%.100s\" where an integer of at least "
                           "%lld was expected", option_about[which].name,
                           text, (long long)least);
    }
    *value = read;
    return EXIT_OK;
}

int
option_choice(const arguments *given, option which,
              const char *const *choices, int otherwise)
{
    const char *text = given->value[which];
    if (text == NULL) {
        return otherwise;
    }
    char known[128] = "";
    for (int i = 0; choices[i] != NULL; i++) {
        if (strcmp(text, choices[i]) == 0) {
            return i;
        }
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s",
                 i > 0 ? ", " : "", choices[i]);
    }
    usage_error(given, "--%s: \"%.100s\" where one of %s was expected",
                option_about[which].name, text, known);
    return -1;
}
