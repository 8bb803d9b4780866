/*
 * ledgers.c - the commands that look after a ledger as a whole.
 *
 * Threads:    the main thread only.
 */
#include "cli.h"
#include "day.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
print_head(const custcap_head *head)
{
    char time[INSTANT_BYTES];
    output_print("position %lld\n", (long long)head->position);
    if (head->position > 0) {
        output_print("time %s\n", instant_show(head->time, time));
    }
    output_print("chain ");
    for (size_t i = 0; i < sizeof head->chain; i++) {
        output_print("%02x", head->chain[i]);
    }
    output_print("\n");
}

int
command_head(const arguments *given)
{
    session opened;
    int code = session_open(given, SESSION_READS, &opened);
    if (code != EXIT_OK) {
        return code;
    }
    custcap_head head;
    memset(&head, 0, sizeof head);
    head.struct_size = sizeof head;
    const custcap_status status =
        custcap_ledger_head(opened.ledger, &head, opened.error);
    if (status == CUSTCAP_OK) {
        print_head(&head);
    } else {
        code = say_failure(status, opened.error, given->words[0]);
    }
    session_close(&opened);
    return code;
}

typedef custcap_status (*tending)(const arguments *given,
                                  custcap_ledger *ledger,
                                  custcap_error *error);

/* Opens, does one thing, closes. */
static int
tend(const arguments *given, int how, tending act)
{
    session opened;
    int code = session_open(given, how, &opened);
    if (code == EXIT_OK) {
        const custcap_status status =
            act(given, opened.ledger, opened.error);
        if (status != CUSTCAP_OK) {
            code = say_failure(status, opened.error, given->words[0]);
        }
        session_close(&opened);
    }
    return code;
}

static custcap_status
act_verify(const arguments *given, custcap_ledger *ledger,
           custcap_error *error)
{
    (void)given;
    char what[] = "verify";
    const custcap_status status =
        custcap_ledger_verify(ledger, progress_show, what, error);
    if (status == CUSTCAP_OK) {
        progress_clear();
        output_print("ok\n");
    }
    return status;
}

int
command_verify(const arguments *given)
{
    return tend(given, SESSION_READS, act_verify);
}

static custcap_status
act_seal(const arguments *given, custcap_ledger *ledger, custcap_error *error)
{
    int64_t budget = -1;
    char what[] = "seal";
    (void)option_integer(given, OPTION_BUDGET, 0, &budget);
    return custcap_ledger_seal(ledger, budget, progress_show, what, error);
}

int
command_seal(const arguments *given)
{
    int64_t budget = -1;
    const int code = option_integer(given, OPTION_BUDGET, 0, &budget);
    return code != EXIT_OK ? code : tend(given, SESSION_WRITES, act_seal);
}

static custcap_status
act_rebuild(const arguments *given, custcap_ledger *ledger,
            custcap_error *error)
{
    (void)given;
    char what[] = "rebuild";
    return custcap_ledger_rebuild(ledger, progress_show, what, error);
}

int
command_rebuild(const arguments *given)
{
    return tend(given, SESSION_WRITES, act_rebuild);
}

static custcap_status
act_backup(const arguments *given, custcap_ledger *ledger,
           custcap_error *error)
{
    char what[] = "backup";
    return custcap_ledger_backup(ledger, given->words[1], progress_show,
                                 what, error);
}

int
command_backup(const arguments *given)
{
    return tend(given, SESSION_READS, act_backup);
}

/* A position on the command line; 0 where it is none. */
static int64_t
position_read(const char *text)
{
    char *end = NULL;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 && value > 0 ? value
                                                                  : 0;
}

static custcap_status
act_undo(const arguments *given, custcap_ledger *ledger, custcap_error *error)
{
    int64_t reversed = 0;
    const custcap_status status = custcap_ledger_undo(
        ledger, position_read(given->words[1]), &reversed, error);
    if (status == CUSTCAP_OK) {
        say("%lld entries taken back", (long long)reversed);
    }
    return status;
}

int
command_undo(const arguments *given)
{
    if (position_read(given->words[1]) == 0) {
        return usage_error(given,
                           "\"%.100s\" where a position was expected",
                           given->words[1]);
    }
    return tend(given, SESSION_WRITES, act_undo);
}

static custcap_status
act_erase(const arguments *given, custcap_ledger *ledger,
          custcap_error *error)
{
    return custcap_ledger_erase(ledger, given->value[OPTION_SOURCE],
                                given->words[1], -1, error);
}

int
command_erase(const arguments *given)
{
    return tend(given, SESSION_WRITES, act_erase);
}

static custcap_status
act_close(const arguments *given, custcap_ledger *ledger,
          custcap_error *error)
{
    int32_t day = 0;
    (void)day_read(given->words[1], &day);
    return custcap_ledger_close(ledger, day, error);
}

int
command_close(const arguments *given)
{
    int32_t day = 0;
    if (!day_read(given->words[1], &day)) {
        return usage_error(given,
                           "\"%.100s\" where a day that exists (YYYY-MM-DD) "
                           "was expected", given->words[1]);
    }
    return tend(given, SESSION_WRITES, act_close);
}
