/*
 * test_base_zone.c - time zones, and instants read in them.
 *
 * Facts about zones are those of the IANA time zone database, checked with
 * Python's zoneinfo.  Hostile files are made here, byte by byte, after
 * RFC 8536.
 */
#include "base/rule.h"
#include "base/day.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const cc_memory plain = {NULL, NULL};

static cc_text
t(const char *words)
{
    return cc_text_of(words, -1);
}

static cc_zone *
zone_of(const char *name)
{
    cc_zone *zone = NULL;
    custcap_error error;
    if (cc_zone_open(&plain, t(name), &zone, &error) != CUSTCAP_OK) {
        ck_abort_msg("%s", error.text);
    }
    ck_assert_str_eq(cc_zone_name(zone), name);
    return zone;
}

/* The instant a text without a zone means in UTC. */
static int64_t
utc(const char *words)
{
    cc_zone *zone = zone_of("UTC");
    int64_t instant = 0;
    int32_t day = 0;
    ck_assert_msg(cc_zone_parse(zone, t(words), &instant, &day), "%s", words);
    cc_zone_free(zone);
    return instant;
}

static int32_t
day_of(const char *words)
{
    int32_t day = 0;
    ck_assert_msg(cc_day_parse(t(words), &day), "%s", words);
    return day;
}

/* zone, instant in UTC, civil day there */
START_TEST(an_instant_has_its_civil_day)
{
    static const struct {
        const char *zone;
        const char *instant;
        const char *day;
    } known[] = {
        {"UTC", "1969-12-31T23:59:59.999999Z", "1969-12-31"},
        {"UTC", "1970-01-01T00:00:00Z", "1970-01-01"},
        {"+08:00", "2024-05-31T15:59:59Z", "2024-05-31"},
        {"+08:00", "2024-05-31T16:00:00Z", "2024-06-01"},
        {"-05:30", "2024-05-31T05:29:59Z", "2024-05-30"},
        {"-05:30", "2024-05-31T05:30:00Z", "2024-05-31"},
        {"Asia/Shanghai", "2024-05-31T16:00:00Z", "2024-06-01"},
        /* Shanghai had daylight saving in the summer of 1988. */
        {"Asia/Shanghai", "1988-07-01T15:00:00Z", "1988-07-02"},
        {"Asia/Shanghai", "1988-07-01T14:59:59Z", "1988-07-01"},
        {"Pacific/Kiritimati", "2024-12-31T09:59:59Z", "2024-12-31"},
        {"Pacific/Kiritimati", "2024-12-31T10:00:00Z", "2025-01-01"},
        {"Pacific/Pago_Pago", "2025-01-01T10:59:59Z", "2024-12-31"},
        {"America/New_York", "2024-07-01T03:59:59Z", "2024-06-30"},
        {"America/New_York", "2024-07-01T04:00:00Z", "2024-07-01"},
        {"America/New_York", "2024-01-01T04:59:59Z", "2023-12-31"},
        {"America/New_York", "2024-01-01T05:00:00Z", "2024-01-01"},
        {"Asia/Kathmandu", "2024-01-01T18:14:59Z", "2024-01-01"},
        {"Asia/Kathmandu", "2024-01-01T18:15:00Z", "2024-01-02"},
        /* Beyond the file's table and beyond 2100: the footer's rule. */
        {"America/New_York", "2090-07-01T04:00:00Z", "2090-07-01"},
        {"America/New_York", "2400-07-01T03:59:59Z", "2400-06-30"},
        {"America/New_York", "2400-07-01T04:00:00Z", "2400-07-01"},
        {"America/New_York", "2400-01-01T04:59:59Z", "2399-12-31"},
        {"Australia/Sydney", "2500-01-01T12:59:59Z", "2500-01-01"},
        {"Australia/Sydney", "2500-01-01T13:00:00Z", "2500-01-02"},
        {"Australia/Sydney", "2500-07-01T13:00:00Z", "2500-07-01"},
        /* Winter time is Dublin's daylight saving, of minus one hour. */
        {"Europe/Dublin", "2024-07-01T23:00:00Z", "2024-07-02"},
        {"Europe/Dublin", "2300-07-01T23:00:00Z", "2300-07-02"},
        {"Europe/Dublin", "2300-01-01T23:00:00Z", "2300-01-01"},
        /* Before the first change: local mean time, +08:05:43. */
        {"Asia/Shanghai", "1800-01-01T15:54:16Z", "1800-01-01"},
        {"Asia/Shanghai", "1800-01-01T15:54:17Z", "1800-01-02"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        cc_zone *zone = zone_of(known[i].zone);
        char room[CC_DAY_BYTES];
        ck_assert_str_eq(cc_day_format(cc_zone_day(zone,
                                                   utc(known[i].instant)),
                                       room),
                         known[i].day);
        cc_zone_free(zone);
    }
}
END_TEST

START_TEST(a_day_begins_where_the_clock_first_shows_it)
{
    static const struct {
        const char *zone;
        const char *day;
        const char *instant;
    } known[] = {
        {"UTC", "0001-01-01", "0001-01-01T00:00:00Z"},
        {"UTC", "9999-12-31", "9999-12-31T00:00:00Z"},
        {"+14:00", "2024-03-01", "2024-02-29T10:00:00Z"},
        {"America/New_York", "2024-03-10", "2024-03-10T05:00:00Z"},
        {"America/New_York", "2024-03-11", "2024-03-11T04:00:00Z"},
        {"America/New_York", "2450-03-13", "2450-03-13T05:00:00Z"},
        {"America/New_York", "2450-03-14", "2450-03-14T04:00:00Z"},
        /* Midnight did not exist: 00:00 became 01:00. */
        {"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"},
        {"Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z"},
        /* 24:00 became 23:00: the day begins after the second 23rd hour. */
        {"America/Sao_Paulo", "2019-02-17", "2019-02-17T03:00:00Z"},
        /* At 00:01 the clock went back to 23:01 of the day before: the new
         * day had begun, for one minute. */
        {"America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z"},
        /* Days that were skipped: the first moment after. */
        {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
        {"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},
        {"Pacific/Kiritimati", "1994-12-31", "1994-12-31T10:00:00Z"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        cc_zone *zone = zone_of(known[i].zone);
        char room[CC_INSTANT_BYTES];
        ck_assert_str_eq(
            cc_instant_format(
                cc_zone_first_instant(zone, day_of(known[i].day)), room),
            known[i].instant);
        cc_zone_free(zone);
    }
}
END_TEST

START_TEST(first_instants_are_first_in_every_year)
{
    static const char *const names[] = {
        "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
        "Asia/Tehran", "Europe/London", "America/Asuncion",
    };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        cc_zone *zone = zone_of(names[k]);
        const int32_t end = day_of("2200-01-01");
        for (int32_t day = day_of("1890-01-01"); day < end; day++) {
            const int64_t first = cc_zone_first_instant(zone, day);
            if (cc_zone_day(zone, first) != day ||
                cc_zone_day(zone, first - 1) != day - 1) {
                ck_abort_msg("%s day %d", names[k], day);
            }
        }
        cc_zone_free(zone);
    }
}
END_TEST

START_TEST(instants_are_read_as_rfc_3339_writes_them)
{
    static const struct {
        const char *zone;
        const char *text;
        const char *instant;
        const char *day;
    } known[] = {
        {"UTC", "2024-05-31", "2024-05-31T00:00:00Z", "2024-05-31"},
        {"UTC", "2024-05-31T09:00:00Z", "2024-05-31T09:00:00Z",
         "2024-05-31"},
        {"UTC", "2024-05-31t09:00:00z", "2024-05-31T09:00:00Z",
         "2024-05-31"},
        {"UTC", "2024-05-31 09:00:00.5", "2024-05-31T09:00:00.500000Z",
         "2024-05-31"},
        {"UTC", "2024-05-31T09:00:00.123456+08:00",
         "2024-05-31T01:00:00.123456Z", "2024-05-31"},
        {"UTC", "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00Z",
         "2023-12-31"},
        {"Asia/Shanghai", "2024-05-31", "2024-05-30T16:00:00Z",
         "2024-05-31"},
        {"Asia/Shanghai", "2024-05-31T23:59:59", "2024-05-31T15:59:59Z",
         "2024-05-31"},
        {"Asia/Shanghai", "2024-05-31T23:59:59Z", "2024-05-31T23:59:59Z",
         "2024-06-01"},
        {"Asia/Shanghai", "2024-05-31T00:00:00-10:00",
         "2024-05-31T10:00:00Z", "2024-05-31"},
        /* Off by one in UTC+10 and UTC-6 is how others failed. */
        {"Australia/Brisbane", "2024-05-31", "2024-05-30T14:00:00Z",
         "2024-05-31"},
        {"America/Costa_Rica", "2024-05-31", "2024-05-31T06:00:00Z",
         "2024-05-31"},
        /* 02:30 did not exist; 01:30 was twice. */
        {"America/New_York", "2024-03-10T02:30:00", "2024-03-10T07:00:00Z",
         "2024-03-10"},
        {"America/New_York", "2024-11-03T01:30:00", "2024-11-03T05:30:00Z",
         "2024-11-03"},
        /* A plain day stays the day that was written. */
        {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z",
         "2011-12-30"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        cc_zone *zone = zone_of(known[i].zone);
        int64_t instant = 0;
        int32_t day = 0;
        char room[CC_INSTANT_BYTES];
        ck_assert_msg(
            cc_zone_parse(zone, t(known[i].text), &instant, &day), "%s",
            known[i].text);
        ck_assert_str_eq(cc_instant_format(instant, room),
                         known[i].instant);
        ck_assert_int_eq(day, day_of(known[i].day));
        cc_zone_free(zone);
    }
}
END_TEST

START_TEST(what_is_no_instant_is_refused)
{
    static const char *const bad[] = {
        "", "2024-05-3", "2024-02-30", "2024-05-31T", "2024-05-31T09",
        "2024-05-31T09:00", "2024-05-31T24:00:00", "2024-05-31T23:60:00",
        "2024-05-31T23:59:60", "2024-05-31T09:00:00.",
        "2024-05-31T09:00:00.1234567", "2024-05-31T09:00:00+8:00",
        "2024-05-31T09:00:00+0800", "2024-05-31T09:00:00+24:00",
        "2024-05-31T09:00:00Zx", "2024-05-31T09:00:00 Z",
        "2024-05-31x09:00:00Z", "2024-05-31T9:00:00Z",
        "0000-05-31T09:00:00Z", "2024-05-31T-9:00:00",
        /* outside the calendar once in UTC */
        "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+01:00",
    };
    cc_zone *zone = zone_of("UTC");
    int64_t instant = 7;
    int32_t day = 8;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!cc_zone_parse(zone, t(bad[i]), &instant, &day), "%s",
                      bad[i]);
    }
    ck_assert_int_eq(instant, 7);
    ck_assert_int_eq(day, 8);
    cc_zone_free(zone);
}
END_TEST

START_TEST(unknown_zones_are_not_found)
{
    static const char *const bad[] = {
        "", "Nowhere/City", "../zoneinfo/UTC", "/etc/passwd",
        "Asia/../../../etc/passwd", "Asia/Sha nghai", "Asia", "Asia/Sha\n",
        "+8:00", "+24:00", "+08:60", "+08:00:00", "08:00", ".", "..",
        "Europe/..", "Asia/./..",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cc_zone *zone = NULL;
        custcap_error error;
        ck_assert_msg(cc_zone_open(&plain, t(bad[i]), &zone, &error) ==
                          CUSTCAP_NOT_FOUND,
                      "%s", bad[i]);
        ck_assert_ptr_null(zone);
        ck_assert_ptr_nonnull(strstr(error.text, "time zone"));
        ck_assert_ptr_nonnull(strstr(error.text, "Asia/Shanghai"));
    }
    char name[2000];
    memset(name, 'a', sizeof name);
    cc_zone *zone = NULL;
    ck_assert_int_eq(cc_zone_open(&plain, cc_text_of(name, sizeof name),
                                  &zone, NULL),
                     CUSTCAP_NOT_FOUND);
    cc_zone_free(NULL);
}
END_TEST

START_TEST(rules_are_parsed_or_refused)
{
    cc_rule rule;
    ck_assert(cc_rule_parse(t("CST-8"), &rule));
    ck_assert_int_eq(rule.standard_offset, 8 * 3600);
    ck_assert(!rule.has_daylight);
    ck_assert(cc_rule_parse(t("<+0330>-3:30:15"), &rule));
    ck_assert_int_eq(rule.standard_offset, 3 * 3600 + 30 * 60 + 15);
    ck_assert(cc_rule_parse(t("EST5EDT,M3.2.0,M11.1.0"), &rule));
    ck_assert_int_eq(rule.standard_offset, -5 * 3600);
    ck_assert_int_eq(rule.daylight_offset, -4 * 3600);
    ck_assert_int_eq(rule.start.second, 7200);
    ck_assert(cc_rule_parse(t("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"), &rule));
    ck_assert_int_eq(rule.start.second, -3600);
    static const char *const bad[] = {
        "", "AB5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST26",
        "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J300", "EST5EDT,J1,J366",
        "EST5EDT,0,366", "EST5EDT,M3.2.0/168,M11.1.0", "<EST5", "EST5:60",
        "EST99999999999999999999",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!cc_rule_parse(t(bad[i]), &rule), "%s", bad[i]);
    }
}
END_TEST

START_TEST(rules_say_when)
{
    cc_rule rule;
    int64_t until = 0;
    /* Julian day 60 is 1 March whatever the year; day 59 from 0 is not. */
    ck_assert(cc_rule_parse(t("AAA0BBB,J60/0,J300/0"), &rule));
    const int64_t march = utc("2024-03-01T00:00:00Z") / 1000000;
    ck_assert_int_eq(cc_rule_offset(&rule, march - 1, &until), 0);
    ck_assert_int_eq(until, march);
    ck_assert_int_eq(cc_rule_offset(&rule, march, &until), 3600);
    ck_assert(cc_rule_parse(t("AAA0BBB,59/0,300/0"), &rule));
    ck_assert_int_eq(cc_rule_offset(&rule, march - 86400, &until), 3600);
    ck_assert_int_eq(cc_rule_offset(&rule, march - 86401, &until), 0);

    /* All year round, as RFC 8536 3.3.1 spells it: 0/0 to J365/25. */
    ck_assert(cc_rule_parse(t("EST5EDT,0/0,J365/25"), &rule));
    const int64_t year = utc("2024-01-01T05:00:00Z") / 1000000;
    for (int64_t second = year - 5; second < year + 5; second++) {
        ck_assert_int_eq(cc_rule_offset(&rule, second, &until), -4 * 3600);
        ck_assert_int_gt(until, second);
    }
    /* The ends of time don't overflow. */
    for (int i = 0; i < 2; i++) {
        const int32_t offset =
            cc_rule_offset(&rule, i == 0 ? INT64_MAX : INT64_MIN, &until);
        ck_assert(offset == -4 * 3600 || offset == -5 * 3600);
    }
}
END_TEST

/* A file in a directory of its own that TZDIR names. */
static char directory[64];

static void
write_zone(const uint8_t *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/Test", directory);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static void
make_directory(void)
{
    snprintf(directory, sizeof directory, "/tmp/test_zone_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    setenv("TZDIR", directory, 1);
}

static void
remove_directory(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/Test", directory);
    (void)unlink(path);
    ck_assert_int_eq(rmdir(directory), 0);
}

/* One change at 1000000 from +1 h to +2 h, then the rule XXX-2. */
static size_t
sample_file(uint8_t *out)
{
    static const uint8_t header[44] = {'T', 'Z', 'i', 'f', '2'};
    uint8_t *at = out;
    memcpy(at, header, 44);
    at[39] = 1; /* types */
    at[43] = 1; /* characters */
    at += 44;
    memcpy(at, "\0\0\0\0\0\0\0", 7);
    at += 7;
    memcpy(at, header, 44);
    at[35] = 1;
    at[39] = 2;
    at[43] = 4;
    at += 44;
    memcpy(at, "\0\0\0\0\0\x0F\x42\x40" "\x01", 9);
    at += 9;
    memcpy(at, "\0\0\x0E\x10\0\0" "\0\0\x1C\x20\0\0" "XXX\0", 16);
    at += 16;
    memcpy(at, "\nXXX-2\n", 7);
    return (size_t)(at + 7 - out);
}

START_TEST(a_file_of_our_own_is_read)
{
    uint8_t bytes[256];
    const size_t size = sample_file(bytes);
    write_zone(bytes, size);
    cc_zone *zone = zone_of("Test");
    /* Local midnights one and two hours early; 1000000 is 12 January 1970,
     * 13:46:40. */
    ck_assert_int_eq(cc_zone_first_instant(zone, 0), INT64_C(-3600000000));
    ck_assert_int_eq(cc_zone_first_instant(zone, 12),
                     (12 * 86400 - 7200) * INT64_C(1000000));
    cc_zone_free(zone);
}
END_TEST

START_TEST(leap_seconds_are_not_supported)
{
    uint8_t bytes[256];
    const size_t size = sample_file(bytes);
    /* A leap second (12 bytes) between the characters and the footer. */
    memmove(bytes + size - 7 + 12, bytes + size - 7, 7);
    memset(bytes + size - 7, 0, 12);
    bytes[44 + 7 + 31] = 1;
    write_zone(bytes, size + 12);
    cc_zone *zone = NULL;
    custcap_error error;
    ck_assert_int_eq(cc_zone_open(&plain, t("Test"), &zone, &error),
                     CUSTCAP_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.text, "leap seconds"));
}
END_TEST

START_TEST(damaged_files_are_corrupt_never_a_crash)
{
    uint8_t bytes[256];
    const size_t size = sample_file(bytes);
    cc_zone *zone = NULL;
    /* Cut anywhere. */
    for (size_t cut = 0; cut < size; cut++) {
        write_zone(bytes, cut);
        ck_assert_int_eq(cc_zone_open(&plain, t("Test"), &zone, NULL),
                         CUSTCAP_CORRUPT);
    }
    /* Any byte changed to anything of interest. */
    static const uint8_t values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    int refused = 0;
    for (size_t i = 0; i < size; i++) {
        for (size_t k = 0; k < sizeof values; k++) {
            uint8_t changed[256];
            memcpy(changed, bytes, size);
            changed[i] = values[k];
            write_zone(changed, size);
            const custcap_status status =
                cc_zone_open(&plain, t("Test"), &zone, NULL);
            ck_assert(status == CUSTCAP_OK || status == CUSTCAP_CORRUPT ||
                      status == CUSTCAP_UNSUPPORTED);
            if (status == CUSTCAP_OK) {
                (void)cc_zone_first_instant(zone, 12);
                (void)cc_zone_day(zone, INT64_MAX);
                (void)cc_zone_day(zone, INT64_MIN);
            }
            refused += status != CUSTCAP_OK;
            cc_zone_free(zone);
        }
    }
    ck_assert_int_gt(refused, 100);
}
END_TEST

/* An allocator that fails from its Nth call on. */
static void *
failing(void *context, void *old, uint64_t size)
{
    int *left = context;
    if (size == 0) {
        free(old);
        return NULL;
    }
    return (*left)-- > 0 ? realloc(old, size) : NULL;
}

START_TEST(want_of_memory_is_survived)
{
    uint8_t bytes[256];
    write_zone(bytes, sample_file(bytes));
    int failures = 0;
    for (int n = 0; n < 20; n++) {
        int left = n;
        const cc_memory memory = {failing, &left};
        cc_zone *zone = NULL;
        const custcap_status status =
            cc_zone_open(&memory, t("Test"), &zone, NULL);
        if (status == CUSTCAP_OK) {
            cc_zone_free(zone);
            break;
        }
        ck_assert_int_eq(status, CUSTCAP_NOMEM);
        failures++;
    }
    /* The zone, its name, the file, the changes. */
    ck_assert_int_eq(failures, 4);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("base zone");
    TCase *tests = tcase_create("system zones");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, an_instant_has_its_civil_day);
    tcase_add_test(tests, a_day_begins_where_the_clock_first_shows_it);
    tcase_add_test(tests, first_instants_are_first_in_every_year);
    tcase_add_test(tests, instants_are_read_as_rfc_3339_writes_them);
    tcase_add_test(tests, what_is_no_instant_is_refused);
    tcase_add_test(tests, unknown_zones_are_not_found);
    tcase_add_test(tests, rules_are_parsed_or_refused);
    tcase_add_test(tests, rules_say_when);
    suite_add_tcase(suite, tests);
    TCase *files = tcase_create("own files");
    tcase_set_timeout(files, 60);
    tcase_add_checked_fixture(files, make_directory, remove_directory);
    tcase_add_test(files, a_file_of_our_own_is_read);
    tcase_add_test(files, leap_seconds_are_not_supported);
    tcase_add_test(files, damaged_files_are_corrupt_never_a_crash);
    tcase_add_test(files, want_of_memory_is_survived);
    suite_add_tcase(suite, files);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
