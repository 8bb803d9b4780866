/*
 * attribution_tally.c - paths counted into shares and steps.
 *
 * Why here:   a path is looked at once and forgotten; what stays of it is a
 *             few sums a channel.
 * Method:     shares are counted in parts of 2^-32 of a millionth, rounded
 *             down, so that adding them up is exact and in no order; steps
 *             are a matrix that grows with the channels.
 * Invariants: the shares of a path sum to its value but for what was rounded
 *             down: less than a part a touch.
 * Memory:     8 bytes a pair of channels, 128 a channel, and the maps.
 * Threads:    one tally a thread; joined in the view's.
 */
#include "attribution.h"

#include <assert.h>
#include <string.h>

custcap_status
cc_tally_open(const cc_question *question, cc_tally *tally,
              custcap_error *error)
{
    assert(question != NULL && tally != NULL);
    *tally = (cc_tally){.memory = cc_view_memory(question->view)};
    return cc_channels_open(question, &tally->channels, error);
}

void
cc_tally_free(cc_tally *tally)
{
    assert(tally != NULL);
    cc_channels_free(&tally->channels);
    if (tally->memory != NULL) {
        cc_free(tally->memory, tally->of);
        cc_free(tally->memory, tally->step);
    }
}

custcap_status
cc_tally_reserve(cc_tally *tally, custcap_error *error)
{
    const int64_t need = tally->channels.count;
    if (need > CC_CHANNELS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "more than %d channels: ask by kind, or name fewer "
                       "kinds of touch",
                       CC_CHANNELS_MAX);
    }
    if (need <= tally->room) {
        return CUSTCAP_OK;
    }
    int64_t room = tally->room == 0 ? 16 : tally->room;
    while (room < need) {
        room *= 2;
    }
    int64_t *step = cc_zeros(tally->memory, room * room, sizeof *step);
    cc_tally_channel *of = cc_zeros(tally->memory, room, sizeof *of);
    if (step == NULL || of == NULL) {
        cc_free(tally->memory, step);
        cc_free(tally->memory, of);
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < tally->room; i++) {
        memcpy(step + i * room, tally->step + i * tally->room,
               (size_t)tally->room * sizeof *step);
        of[i] = tally->of[i];
    }
    cc_free(tally->memory, tally->step);
    cc_free(tally->memory, tally->of);
    tally->step = step;
    tally->of = of;
    tally->room = room;
    return CUSTCAP_OK;
}

custcap_status
cc_tally_slot(cc_tally *tally, int64_t word, int64_t *slot,
              custcap_error *error)
{
    CC_TRY(cc_channels_slot(&tally->channels, word, slot, error));
    return *slot < tally->room ? CUSTCAP_OK : cc_tally_reserve(tally, error);
}

/* value * a / b in parts, rounded towards minus infinity. */
static cc_int128
part_of(int64_t value, int64_t a, int64_t b)
{
    const cc_int128 whole = (cc_int128)value * ((cc_int128)a << 32);
    const cc_int128 part = whole / b;
    return part - (whole % b < 0);
}

/* A fifth of two fifths: 40 % to both ends, 20 % to those between; where
 * there is nobody between, half to each end. */
static cc_int128
position_share(int64_t value, int64_t at, int64_t count)
{
    const int end = at == 0 || at == count - 1;
    return count == 1  ? part_of(value, 1, 1)
           : count == 2 ? part_of(value, 1, 2)
           : end         ? part_of(value, 2, 5)
                         : part_of(value, 1, 5 * (count - 2));
}

static void
credit(cc_tally *tally, const cc_touch *touches, int64_t count,
       int64_t value)
{
    const cc_int128 whole = part_of(value, 1, 1);
    const cc_int128 even = part_of(value, 1, count);
    tally->of[touches[0].mark].share[CC_CREDIT_FIRST] += whole;
    tally->of[touches[count - 1].mark].share[CC_CREDIT_LAST] += whole;
    for (int64_t i = 0; i < count; i++) {
        cc_tally_channel *channel = &tally->of[touches[i].mark];
        channel->share[CC_CREDIT_LINEAR] += even;
        channel->share[CC_CREDIT_POSITION] +=
            position_share(value, i, count);
        channel->touches++;
        if (channel->last_path != tally->paths) {
            channel->last_path = tally->paths;
            channel->paths++;
        }
    }
}

void
cc_tally_path(cc_tally *tally, const cc_touch *touches, int64_t count,
              int converted, int64_t value)
{
    if (count == 0) {
        tally->alone += converted;
        tally->alone_value += value;
        return;
    }
    tally->paths++;
    tally->of[touches[0].mark].begun++;
    for (int64_t i = 0; i < count; i++) {
        tally->of[touches[i].mark].total++;
        if (i + 1 < count) {
            tally->step[touches[i].mark * tally->room
                        + touches[i + 1].mark]++;
        }
    }
    if (converted) {
        tally->converted++;
        tally->value += value;
        tally->of[touches[count - 1].mark].won++;
        credit(tally, touches, count, value);
    }
}

static void
join_channel(cc_tally_channel *to, const cc_tally_channel *from)
{
    for (int i = 0; i < CC_CREDITS; i++) {
        to->share[i] += from->share[i];
    }
    to->touches += from->touches;
    to->paths += from->paths;
    to->begun += from->begun;
    to->won += from->won;
    to->total += from->total;
}

custcap_status
cc_tally_join(cc_tally *all, const cc_tally *from, custcap_error *error)
{
    CC_TRY(cc_tally_reserve(all, error));
    int32_t *place = cc_channels_places(&from->channels, &all->channels);
    if (place == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < from->channels.count; i++) {
        join_channel(&all->of[place[i]], &from->of[i]);
        for (int64_t j = 0; j < from->channels.count; j++) {
            all->step[place[i] * all->room + place[j]] +=
                from->step[i * from->room + j];
        }
    }
    all->paths += from->paths;
    all->converted += from->converted;
    all->value += from->value;
    all->alone += from->alone;
    all->alone_value += from->alone_value;
    cc_free(from->memory, place);
    return CUSTCAP_OK;
}
