/*
 * workload.c - the entries that every benchmark runs on.
 *
 *     workload ENTRIES DIRECTORY
 *
 * writes entries.csv (in the order of their arrival), referrals.csv and
 * late-1.csv .. late-3.csv, a hundredth of the entries each, into DIRECTORY.
 *
 * Why here:   a comparison means something only on data that is the same
 *             everywhere and looks like a real feed: days in order, customers
 *             interleaved within a day, some that buy once and some often.
 * Method:     ENTRIES / 10 customers, each with a random stream of its own
 *             (SplitMix64 of its number).  How many entries each has is drawn
 *             first and mended until the sum is right; then the days, from
 *             its arrival on at its own pace.  A counting sort by day and a
 *             shuffle within each day make the feed.  Integers only.
 * Invariants: days are in [2019-01-01, 2024-01-01); a referrer's first entry
 *             is on an earlier day than the newcomer's, so referrals have no
 *             circles; the same arguments give the same bytes.
 * Threads:    one.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DAYS = 1826,         /* 2019-01-01 .. 2023-12-31 */
    BASE_DAYS = 90,      /* customers of old show up in these */
    LATE_DAYS = 31,      /* late entries are of the last month */
    LATE_FILES = 3,
    LATE_SHARE = 100,    /* a late file is this part of the feed */
    PER_CUSTOMER = 10,
    TEXT_MAX = 96,       /* bytes of the longest row */
    SUBSCRIPTION = 30    /* days */
};

static const char *const lines[] = {"coffee", "courses", "gifts",
                                    "machines", "parts", "repairs",
                                    "subscription", "tea"};
static const int32_t prices[] = {1850, 9900, 4200, 64900,
                                 2300, 7500, 2900, 1600};
static const int32_t line_shares[] = {30, 4, 8, 4, 8, 4, 22, 20};
static const char *const channels[] = {"direct", "email", "organic.search",
                                       "paid.partner", "paid.search",
                                       "paid.social", "referral"};
static const int32_t channel_shares[] = {24, 8, 18, 6, 17, 15, 12};
enum {
    LINES = sizeof lines / sizeof lines[0],
    LINE_SUBSCRIPTION = 6,
    CHANNELS = sizeof channels / sizeof channels[0],
    CHANNEL_REFERRAL = 6
};

typedef struct customer {
    uint64_t random;
    int32_t entries;
    int32_t first_day;  /* of its entries */
    int32_t pace;       /* mean days between two entries */
    uint8_t line, channel;
    uint8_t subscriber;
} customer;

typedef struct entry {
    int32_t customer;
    int32_t cents;
    int16_t day;
    uint8_t line, channel;
} entry;

typedef struct workload {
    int64_t count, customer_count;
    customer *customers;
    entry *entries;      /* by customer, then by day of arrival */
    entry *feed;
    uint64_t random;
} workload;

/* --- randomness: SplitMix64 (Steele, Lea, Flood 2014) ------------------ */

static uint64_t
next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* In [0, bound); the bias is below 2^-20 for these bounds. */
static int64_t
pick(uint64_t *state, int64_t bound)
{
    return (int64_t)((next_random(state) >> 11) % (uint64_t)bound);
}

static uint8_t
pick_share(uint64_t *state, const int32_t *shares)
{
    int32_t at = (int32_t)pick(state, 100);
    uint8_t i = 0;
    while (at >= shares[i]) {
        at -= shares[i++];
    }
    return i;
}

/* --- customers --------------------------------------------------------- */

/* Mean 10 before mending: three in ten try once to three times, half stay a
 * while, one in five stays long. */
static int32_t
draw_entries(uint64_t *random)
{
    const int64_t kind = pick(random, 10);
    if (kind < 3) {
        return 1 + (int32_t)pick(random, 3);
    }
    const int32_t mean = kind < 8 ? 9 : 25;
    int32_t entries = 1;
    while (entries < 40 * mean && pick(random, mean) != 0) {
        entries++;
    }
    return entries;
}

/* One in eight is there from the beginning; arrivals grow over the years:
 * the larger of two uniform days. */
static int32_t
draw_arrival(uint64_t *random)
{
    if (pick(random, 8) == 0) {
        return (int32_t)pick(random, BASE_DAYS);
    }
    const int32_t a = (int32_t)pick(random, DAYS);
    const int32_t b = (int32_t)pick(random, DAYS);
    return a > b ? a : b;
}

static void
draw_customer(customer *of, int64_t number)
{
    static const int32_t paces[] = {9, 30, 30, 45, 75, 120};

    of->random = UINT64_C(0x637573746361702e) + (uint64_t)number;
    of->random = next_random(&of->random);
    of->entries = draw_entries(&of->random);
    of->first_day = draw_arrival(&of->random);
    of->pace = paces[pick(&of->random, 6)];
    of->line = pick_share(&of->random, line_shares);
    of->channel = pick_share(&of->random, channel_shares);
    of->subscriber = of->line == LINE_SUBSCRIPTION;
    if (of->subscriber) {
        of->pace = SUBSCRIPTION;
    }
}

/* One entry more or fewer, of random customers, until the sum is right. */
static void
mend_counts(workload *w)
{
    int64_t total = 0;
    for (int64_t i = 0; i < w->customer_count; i++) {
        total += w->customers[i].entries;
    }
    while (total != w->count) {
        customer *one =
            &w->customers[pick(&w->random, w->customer_count)];
        const int32_t step = total < w->count ? 1 : -1;
        if (one->entries + step > 0) {
            one->entries += step;
            total += step;
        }
    }
}

/* --- entries ----------------------------------------------------------- */

/* A subscriber pays every month, give or take a day; the others come at
 * random.  Past the end there is any day of the customer's life. */
static int32_t
next_day(customer *of, int32_t day)
{
    const int32_t gap =
        of->subscriber ? of->pace - 1 + (int32_t)pick(&of->random, 3)
                       : (int32_t)pick(&of->random, 2 * of->pace);
    if (day + gap < DAYS) {
        return day + gap;
    }
    return of->first_day
           + (int32_t)pick(&of->random, DAYS - of->first_day);
}

static void
draw_amount(customer *of, entry *now, const entry *before)
{
    const int64_t luck = pick(&of->random, 1000);

    now->line = of->line;
    if (pick(&of->random, 4) == 0) {
        now->line = pick_share(&of->random, line_shares);
    }
    now->channel = of->channel;
    if (before != NULL && pick(&of->random, 10) < 3) {
        now->channel = pick_share(&of->random, channel_shares);
    }
    now->cents = prices[now->line] / 2
                 + (int32_t)pick(&of->random, prices[now->line]);
    if (of->subscriber && before != NULL && luck >= 100) {
        now->line = before->line;
        now->cents = abs(before->cents);
    }
    if (luck < 30 && before != NULL) {
        now->line = before->line;
        now->cents = -(abs(before->cents) + 1) / (luck < 15 ? 1 : 2);
    } else if (luck < 33) {
        now->cents = 0;
    } else if (luck == 33) {
        now->cents = -now->cents; /* a credit without a sale */
    }
}

static void
draw_entries_of(customer *of, int32_t number, entry *room)
{
    int32_t day = of->first_day;
    for (int32_t i = 0; i < of->entries; i++) {
        if (i > 0) {
            day = next_day(of, day);
        }
        room[i].customer = number;
        room[i].day = (int16_t)day;
        draw_amount(of, &room[i], i > 0 ? &room[i - 1] : NULL);
    }
}

static void
make_feed(workload *w)
{
    int64_t starts[DAYS + 1] = {0};
    int64_t fill[DAYS];

    for (int64_t i = 0; i < w->count; i++) {
        starts[w->entries[i].day + 1]++;
    }
    for (int32_t day = 0; day < DAYS; day++) {
        starts[day + 1] += starts[day];
        fill[day] = starts[day];
    }
    for (int64_t i = 0; i < w->count; i++) {
        w->feed[fill[w->entries[i].day]++] = w->entries[i];
    }
    for (int32_t day = 0; day < DAYS; day++) {
        for (int64_t i = starts[day + 1] - 1; i > starts[day]; i--) {
            const int64_t j =
                starts[day] + pick(&w->random, i - starts[day] + 1);
            const entry swap = w->feed[i];
            w->feed[i] = w->feed[j];
            w->feed[j] = swap;
        }
    }
}

/* Entries of the last month that come in late; one in ten is of a customer
 * never seen before. */
static entry
late_entry(workload *w, int64_t file)
{
    entry late = {.day = (int16_t)(DAYS - LATE_DAYS
                                   + pick(&w->random, LATE_DAYS))};
    late.customer = (int32_t)pick(&w->random, w->customer_count);
    if (pick(&w->random, 10) == 0) {
        late.customer = (int32_t)(w->customer_count
                                  + file * w->customer_count / LATE_SHARE
                                  + pick(&w->random, w->customer_count
                                                         / LATE_SHARE + 1));
    }
    late.line = pick_share(&w->random, line_shares);
    late.channel = pick_share(&w->random, channel_shares);
    late.cents = prices[late.line] / 2
                 + (int32_t)pick(&w->random, prices[late.line]);
    if (pick(&w->random, 50) == 0) {
        late.cents = -late.cents;
    }
    return late;
}

/* --- text -------------------------------------------------------------- */

static void
die(const char *what)
{
    perror(what);
    exit(1);
}

static FILE *
open_csv(const char *directory, const char *name, const char *header)
{
    char path[4096];
    const int length =
        snprintf(path, sizeof path, "%s/%s", directory, name);
    if (length < 0 || length >= (int)sizeof path) {
        fprintf(stderr, "workload: the directory's name is too long\n");
        exit(2);
    }
    FILE *file = fopen(path, "w");
    if (file == NULL || setvbuf(file, NULL, _IOFBF, 1 << 20) != 0
        || fputs(header, file) < 0) {
        die(path);
    }
    return file;
}

static void
close_csv(FILE *file)
{
    if (fclose(file) != 0) {
        die("workload");
    }
}

/* Every day's text once: dates are half the cost otherwise. */
typedef char day_text[12];

static day_text *
day_texts(void)
{
    static const int32_t lengths[] = {31, 28, 31, 30, 31, 30,
                                      31, 31, 30, 31, 30, 31};
    day_text *texts = calloc(DAYS, sizeof *texts);
    if (texts == NULL) {
        die("workload");
    }
    uint32_t year = 2019;
    uint32_t month = 1;
    int32_t of_month = 1;
    for (int32_t day = 0; day < DAYS; day++) {
        snprintf(texts[day], sizeof *texts, "%04u-%02u-%02u", year % 10000,
                 month % 100, (uint32_t)of_month % 100);
        const int32_t leap = month == 2 && year % 4 == 0;
        if (++of_month > lengths[month - 1] + leap) {
            of_month = 1;
            month++;
        }
        if (month > 12) {
            month = 1;
            year++;
        }
    }
    return texts;
}

static void
write_entry(FILE *file, const entry *of, day_text *days)
{
    const int32_t cents = abs(of->cents);
    char row[TEXT_MAX];
    const int length =
        snprintf(row, sizeof row, "C%07" PRId32 ",%s,%s%d.%02d,%s,%s\n",
                 of->customer + 1, days[of->day], of->cents < 0 ? "-" : "",
                 (int)(cents / 100), (int)(cents % 100), lines[of->line],
                 channels[of->channel]);
    if (fwrite(row, 1, (size_t)length, file) != (size_t)length) {
        die("workload");
    }
}

static void
write_feed(workload *w, const char *directory, day_text *days)
{
    static const char header[] = "party,day,amount,line,channel\n";

    FILE *file = open_csv(directory, "entries.csv", header);
    for (int64_t i = 0; i < w->count; i++) {
        write_entry(file, &w->feed[i], days);
    }
    close_csv(file);
    for (int64_t i = 0; i < LATE_FILES; i++) {
        char name[32];
        snprintf(name, sizeof name, "late-%d.csv", (int)(i + 1));
        file = open_csv(directory, name, header);
        for (int64_t k = 0; k < w->count / LATE_SHARE; k++) {
            const entry late = late_entry(w, i);
            write_entry(file, &late, days);
        }
        close_csv(file);
    }
}

/* One in five is referred by somebody whose first entry is earlier; one
 * referral in ten starts a month late, and so does not count. */
static void
write_referrals(workload *w, const char *directory, day_text *days)
{
    FILE *file = open_csv(directory, "referrals.csv",
                          "party,type,other,from\n");
    for (int64_t i = 0; i < w->customer_count; i++) {
        customer *newcomer = &w->customers[i];
        const int32_t wants = newcomer->channel == CHANNEL_REFERRAL
                              || pick(&newcomer->random, 10) == 0;
        for (int32_t try = 0; wants && try < 8; try++) {
            const int64_t j = pick(&newcomer->random, w->customer_count);
            if (w->customers[j].first_day >= newcomer->first_day) {
                continue;
            }
            int32_t from = newcomer->first_day;
            if (pick(&newcomer->random, 10) == 0 && from + 30 < DAYS) {
                from += 30;
            }
            if (fprintf(file,
                        "C%07" PRId64 ",referred-by,C%07" PRId64 ",%s\n",
                        i + 1, j + 1, days[from]) < 0) {
                die("workload");
            }
            break;
        }
    }
    close_csv(file);
}

static void
make(workload *w)
{
    w->customers =
        calloc((size_t)w->customer_count, sizeof *w->customers);
    w->entries = calloc((size_t)w->count, sizeof *w->entries);
    w->feed = calloc((size_t)w->count, sizeof *w->feed);
    if (w->customers == NULL || w->entries == NULL || w->feed == NULL) {
        die("workload");
    }
    for (int64_t i = 0; i < w->customer_count; i++) {
        draw_customer(&w->customers[i], i);
    }
    mend_counts(w);
    int64_t at = 0;
    for (int64_t i = 0; i < w->customer_count; i++) {
        draw_entries_of(&w->customers[i], (int32_t)i, &w->entries[at]);
        at += w->customers[i].entries;
    }
    make_feed(w);
}

int
main(int argc, char **argv)
{
    workload w = {.random = UINT64_C(20190101)};
    if (argc == 3) {
        w.count = strtoll(argv[1], NULL, 10);
    }
    if (w.count < 1000 || w.count > INT64_C(1000000000)) {
        fprintf(stderr, "usage: workload ENTRIES DIRECTORY\n"
                        "ENTRIES is from 1,000 to 1,000,000,000\n");
        return 2;
    }
    w.customer_count = w.count / PER_CUSTOMER;
    make(&w);
    day_text *days = day_texts();
    write_feed(&w, argv[2], days);
    write_referrals(&w, argv[2], days);
    free(days);
    free(w.customers);
    free(w.entries);
    free(w.feed);
    return 0;
}
