/*
 * origin.c - who a customer is to a window.
 *
 * Why here:   the three Rs ask it of every customer, and so will whatever
 *             else tells earned from bought.
 * Method:     words are small numbers, so what is known of a channel or a
 *             line is an array; a customer's lines are marked with its own
 *             epoch, so that nothing has to be cleared between two.
 * Invariants: no word indexes an array before it has been checked.
 * Threads:    origins are opened by the view's thread and read by all; a
 *             cc_known is one thread's.
 */
#include "origin.h"

#include <assert.h>
#include <string.h>

/* Which channels descend from `paid`. */
custcap_status
cc_origins_open(const cc_question *question, cc_origins *origins,
                custcap_error *error)
{
    assert(question != NULL && origins != NULL);
    assert(question->from < question->to);

    *origins = (cc_origins){.question = question,
                            .memory = cc_view_memory(question->view),
                            .words = cc_view_words(question->view)};
    const int64_t room = cc_words_next(origins->words);
    int64_t *channels = cc_new(origins->memory, room, sizeof *channels);
    origins->paid = cc_zeros(origins->memory, room, sizeof *origins->paid);
    if (channels == NULL || origins->paid == NULL) {
        cc_free(origins->memory, channels);
        cc_origins_close(origins);
        return cc_no_memory(error);
    }
    origins->word_count = room;
    int64_t count = cc_words_list(origins->words, CC_W_CHANNEL, channels,
                                  room);
    count = count < room ? count : room;
    for (int64_t i = 0; i < count; i++) {
        /* Words may have been added since they were counted. */
        if (channels[i] < room) {
            origins->paid[channels[i]] =
                cc_words_is_a(origins->words, channels[i], CC_CHANNEL_PAID)
                != 0;
        }
    }
    cc_free(origins->memory, channels);
    return CUSTCAP_OK;
}

void
cc_origins_close(cc_origins *origins)
{
    assert(origins != NULL);
    assert(origins->memory != NULL);
    cc_free(origins->memory, origins->paid);
    origins->paid = NULL;
}

cc_customer
cc_customer_of(const cc_question *question, const cc_slice *slice)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t from = question->from, to = question->to;
    assert(slice->count > 0);

    /* One loop and no branch in it: most customers need no other. */
    int64_t before = 0, until = 0;
    int32_t spans = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        before += day[i] < from;
        until += day[i] < to;
        spans |= span[i];
    }
    cc_customer who = {.from = before, .to = until, .first_day = INT32_MAX,
                       .spread = spans & CC_SPAN_SPREAD};
    if (who.spread) {
        who.from = 0; /* a service period may reach into the window */
    }
    while (who.first < slice->count && amount[who.first] <= 0) {
        who.first++;
    }
    if (who.first < slice->count) {
        who.first_day = day[who.first];
    }
    return who;
}

static inline int
is_word(const cc_origins *origins, int32_t word)
{
    return word >= 0 && word < origins->word_count;
}

static custcap_status
no_word(const cc_origins *origins, const cc_slice *slice, int32_t word,
        custcap_error *error)
{
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "an entry of party #%lld names word %d, there are %lld",
                   (long long)slice->party, (int)word,
                   (long long)origins->word_count);
}

/* Does channel a come before b, by the bytes of their codes? */
static int
is_code_before(const cc_origins *origins, int32_t a, int32_t b)
{
    const cc_text none = {NULL, 0};
    const cc_text code_a = a == 0 ? none : cc_words_code(origins->words, a);
    const cc_text code_b = b == 0 ? none : cc_words_code(origins->words, b);
    return cc_text_compare(code_a, code_b) < 0;
}

custcap_status
cc_customer_is_paid(const cc_origins *origins, const cc_slice *slice,
                    const cc_customer *customer, int *paid,
                    custcap_error *error)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *time = cc_slice_i64(slice, CC_ENTRY_TIME);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *channel = cc_slice_i32(slice, CC_ENTRY_CHANNEL);

    *paid = 0;
    if (customer->first_day == INT32_MAX) {
        return CUSTCAP_OK;
    }
    int64_t best = customer->first;
    for (int64_t i = best; i < slice->count && day[i] == customer->first_day;
         i++) {
        if (amount[i] <= 0 || time[i] > time[best]) {
            continue;
        }
        if (!is_word(origins, channel[i])) {
            return no_word(origins, slice, channel[i], error);
        }
        if (time[i] < time[best]
            || (channel[i] != channel[best]
                && is_code_before(origins, channel[i], channel[best]))) {
            best = i;
        }
    }
    *paid = origins->paid[channel[best]];
    return CUSTCAP_OK;
}

custcap_status
cc_known_new(const cc_origins *origins, cc_known *known,
             custcap_error *error)
{
    assert(origins != NULL);
    assert(known != NULL);

    known->epoch = 0;
    known->bit_count = 0;
    known->by_line = cc_zeros(origins->memory, origins->word_count,
                              sizeof *known->by_line);
    known->bit_of = cc_new(origins->memory, origins->word_count, 1);
    if (known->by_line == NULL || known->bit_of == NULL) {
        return cc_no_memory(error);
    }
    memset(known->bit_of, CC_KNOWN_NO_BIT, (size_t)origins->word_count);
    return CUSTCAP_OK;
}

int
cc_known_give_bit(const cc_origins *origins, cc_known *known, int32_t line)
{
    assert(origins != NULL && known != NULL);
    if (!is_word(origins, line) || known->bit_count == CC_KNOWN_BITS) {
        return 0;
    }
    known->bit_of[line] = (uint8_t)known->bit_count++;
    return 1;
}

void
cc_known_free(const cc_origins *origins, cc_known *known)
{
    assert(origins != NULL);
    assert(known != NULL);
    cc_free(origins->memory, known->by_line);
    cc_free(origins->memory, known->bit_of);
    known->by_line = NULL;
    known->bit_of = NULL;
}

custcap_status
cc_known_learn(const cc_origins *origins, cc_known *known,
               const cc_slice *slice, const cc_customer *customer,
               custcap_error *error)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *line = cc_slice_i32(slice, CC_ENTRY_LINE);
    assert(known->by_line != NULL);

    known->epoch++; /* one a customer: 32 bits are enough for all there are */
    for (int64_t i = 0; i < customer->to; i++) {
        if (!is_word(origins, line[i])) {
            return no_word(origins, slice, line[i], error);
        }
        uint32_t *knows = &known->by_line[line[i]];
        const int learns = (amount[i] > 0)
                           & (day[i] < origins->question->from);
        *knows = learns ? known->epoch : *knows;
    }
    return CUSTCAP_OK;
}
