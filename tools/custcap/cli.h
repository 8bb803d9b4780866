/*
 * cli.h - what the commands of custcap(1) share.
 *
 * The command is a client of the library like any other: it sees the public
 * headers and nothing else.  A command is a function that is given its parsed
 * arguments and returns the exit code; data goes to standard output through
 * output_write() or output_print(), everything else to standard error through
 * say().
 */
#ifndef CUSTCAP_TOOL_CLI_H
#define CUSTCAP_TOOL_CLI_H

#include <custcap/batch.h>
#include <custcap/ledger.h>
#include <custcap/query.h>
#include <custcap/snapshot.h>
#include <custcap/status.h>
#include <custcap/table.h>

#include <stddef.h>
#include <stdint.h>

/* Exit codes; scripts rely on them. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_CORRUPT = 3,
    EXIT_BUSY = 4,
    EXIT_CONFLICT = 5,
    EXIT_REFUSED = 6
};

typedef enum option {
    OPTION_AS_KNOWN,
    OPTION_AS_CLOSED,
    OPTION_AS_OF,
    OPTION_BUDGET,
    OPTION_COLUMN,
    OPTION_CUSTOMERS,
    OPTION_DRY_RUN,
    OPTION_FILTER,
    OPTION_FORMAT,
    OPTION_FROM,
    OPTION_HELP,
    OPTION_LANG,
    OPTION_LIMIT,
    OPTION_MAP,
    OPTION_PERIOD,
    OPTION_PROVE,
    OPTION_RAW,
    OPTION_ROW,
    OPTION_SEED,
    OPTION_SET,
    OPTION_SINCE,
    OPTION_SORT,
    OPTION_SOURCE,
    OPTION_TO,
    OPTION_UNIT,
    OPTION_VIEWER,
    OPTION_VOCABULARY,
    OPTION_ZONE,
    OPTION_COUNT
} option;

/* The bit of an option in command.options. */
#define WITH(name) (UINT32_C(1) << OPTION_##name)

/* One name=value of --filter, --set, post or list. */
typedef struct pair {
    char *name;        /* owned, NUL-terminated */
    const char *value; /* into argv */
} pair;

typedef struct pair_list {
    pair *items;
    int count;
} pair_list;

typedef struct arguments {
    const struct command *command;
    const char *value[OPTION_COUNT]; /* NULL: not given; a flag: "" */
    pair_list filters, sets;
    const char **words; /* what is no option, in order */
    int word_count;
} arguments;

typedef struct command {
    const char *name;
    int (*run)(const arguments *given);
    uint32_t options;
    int words_min, words_max; /* -1: any number */
    const char *usage;        /* after the name */
    const char *summary;
} command;

/* arguments.c */
const command *command_find(const char *name);
/* The commands in order of the manual, ended by one without a name. */
const command *command_list(void);
/* EXIT_OK, or EXIT_USAGE after saying why.  Free in any case. */
int arguments_read(const command *wanted, int count, char **texts,
                   arguments *given);
void arguments_free(arguments *given);
/* name=value; 0 where there is no '=' or nothing before it. */
int pair_read(const char *text, pair *read);
void pairs_free(pair_list *list);
/* An option as an integer of at least `least`; saying why where it is not.
 * Leaves *value alone where the option is not given. */
int option_integer(const arguments *given, option which, int64_t least,
                   int64_t *value);
/* One of a list of words ended by NULL: its number, `otherwise` where the
 * option is not given, -1 after saying why. */
int option_choice(const arguments *given, option which,
                  const char *const *choices, int otherwise);
int usage_error(const arguments *given, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* output.c */
int32_t output_write(void *context, const char *bytes, int64_t length);
void output_print(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
/* Flush; the exit code, or EXIT_FAILED where output could not be written. */
int output_finish(int code);
/* Make sure that descriptors 0 to 2 are open, so that no ledger gets one. */
void output_reserve(void);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Say what went wrong (after `about` and a colon, unless it is NULL). */
int say_failure(custcap_status status, const custcap_error *error,
                const char *about);
int exit_code_of(custcap_status status);
/* Bold on a terminal that shows colours: a start and an end, or "". */
const char *bold_on(void);
const char *bold_off(void);

/* cancel.c */
void cancel_prepare(void);
int cancel_asked(void);
/* A custcap_progress: draws a bar, stops when the user asked to.  The context
 * is what is being done, such as "verify". */
int32_t progress_show(void *context, int64_t done, int64_t total);
void progress_clear(void);

/* memory.c: without memory the command says so and ends. */
void *memory_new(size_t count, size_t size);
void *memory_resize(void *old, size_t count, size_t size);
char *memory_text(const char *text, size_t length);

/* session.c */
typedef struct session {
    custcap_ledger *ledger;
    custcap_error *error;
} session;
enum { SESSION_READS, SESSION_WRITES };
/* Opens the ledger named by the first word. */
int session_open(const arguments *given, int how, session *opened);
void session_close(session *opened);
/* What guards said, as a table on standard error. */
void say_findings(const custcap_table *findings);

/* question.c: the options of measure, drill, list as query and moment. */
typedef struct question {
    custcap_query *query;
    custcap_snapshot *snapshot;
} question;
int question_open(const arguments *given, session *opened, question *asked);
void question_close(question *asked);

/* The commands. */
int command_backup(const arguments *given);
int command_close(const arguments *given);
int command_drill(const arguments *given);
int command_erase(const arguments *given);
int command_export(const arguments *given);
int command_head(const arguments *given);
int command_import(const arguments *given);
int command_init(const arguments *given);
int command_list_records(const arguments *given);
int command_measure(const arguments *given);
int command_measures(const arguments *given);
int command_post(const arguments *given);
int command_settle(const arguments *given);
int command_rebuild(const arguments *given);
int command_report(const arguments *given);
int command_sample(const arguments *given);
int command_seal(const arguments *given);
int command_undo(const arguments *given);
int command_verify(const arguments *given);

#endif
