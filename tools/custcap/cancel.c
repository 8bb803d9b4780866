/*
 * cancel.c - progress, and stopping when the user asks.
 *
 * Why here:   every long call of the library takes this one callback.
 * Method:     a signal sets a flag that the callback passes on; the library
 *             then undoes what it was doing.  A second signal is deadly, in
 *             case something hangs.
 * Threads:    the flag may be asked from any thread.
 */
#include "cli.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_int asked;
static int bar_drawn;
static int64_t bar_last = -1;

static void
on_signal(int number)
{
    (void)number;
    atomic_store(&asked, 1);
}

void
cancel_prepare(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction before;
        /* Who started us with a signal ignored (nohup) means it. */
        if (sigaction(numbers[i], NULL, &before) == 0 &&
            before.sa_handler != SIG_IGN) {
            sigaction(numbers[i], &action, NULL);
        }
    }
    /* A reader that went away shows as an error of write(). */
    signal(SIGPIPE, SIG_IGN);
}

int
cancel_asked(void)
{
    return atomic_load(&asked);
}

void
progress_clear(void)
{
    if (bar_drawn) {
        fputs("\r\033[K", stderr);
        bar_drawn = 0;
        bar_last = -1;
    }
}

int32_t
progress_show(void *context, int64_t done, int64_t total)
{
    enum { WIDTH = 30 };
    if (!isatty(STDERR_FILENO) || total <= 0 || done < 0) {
        return cancel_asked();
    }
    const int64_t part = done < total ? done : total;
    const int64_t percent = (int64_t)((double)part * 100.0 / (double)total);
    if (percent != bar_last) {
        const int filled = (int)(percent * WIDTH / 100);
        char bar[WIDTH + 1];
        memset(bar, '.', WIDTH);
        memset(bar, '#', (size_t)filled);
        bar[WIDTH] = '\0';
        fprintf(stderr, "\r%s [%s] %3d%%", (const char *)context, bar,
                (int)percent);
        fflush(stderr);
        bar_drawn = 1;
        bar_last = percent;
    }
    return cancel_asked();
}
