/*
 * scale.c - pending events whose number lies off the scale of their kind.
 *
 * Why here:   ten million scores come in by batches; whether one of them is
 *             off its scale, or a mood below the floor, is decided over the
 *             columns, and only then does a guard's SQL run.
 * Method:     what a kind allows is read from its words once a batch and kept
 *             by the number of the kind: `from` and `to` of its data, or of
 *             the nearest word above that has them; of moods the floor of the
 *             rule `mood`.  Decimals are compared exactly in 128 bits.
 *             A number that was left out is 0.
 * Invariants: words that the batch itself defines count as it defines them.
 * Threads:    pure functions.
 */
#include "inner.h"

#include "base/money.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <string.h>

enum { KEPT = 256, DEPTH_MAX = 64, LOW = 0, HIGH = 1, SIDES = 2 };

typedef struct bound {
    int32_t is_there, scale;
    int64_t mantissa;
} bound;

typedef struct allowed {
    int64_t kind; /* 0: nothing kept here yet */
    bound side[SIDES];
} allowed;

typedef struct judge {
    const cc_words *words;
    const cc_body *body;
    int32_t of_mood;
    bound floor;  /* of moods */
    int64_t mood; /* the word */
    allowed kept[KEPT]; /* by the low bits of the kind */
} judge;

static const int64_t TENS[CC_SCALE_MAX + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

/* -1, 0, 1: number / 10^scale against the bound. */
static int
compare(int64_t number, int64_t scale, const bound *with)
{
    assert(scale >= 0 && scale <= CC_SCALE_MAX);
    assert(with->scale >= 0 && with->scale <= CC_SCALE_MAX);
    const cc_int128 left = (cc_int128)number * TENS[with->scale];
    const cc_int128 right = (cc_int128)with->mantissa * TENS[scale];
    return (left > right) - (left < right);
}

/* Data and parent of a word, as the batch defines it or as it is known. */
static int
read_word(const judge *of, int64_t word, cc_text *data, int64_t *parent)
{
    const cc_rows *rows = &of->body->rows[CC_DEFINITION];
    for (int64_t i = rows->count - 1; i >= 0; i--) {
        if (rows->columns[CC_DEFINITION_WORD][i] == word) {
            const int64_t string = rows->columns[CC_DEFINITION_DATA][i];
            *data = string == 0 ? (cc_text){NULL, 0}
                                : cc_body_string(of->body, string);
            *parent = rows->columns[CC_DEFINITION_PARENT][i];
            return 1;
        }
    }
    cc_meaning meaning;
    if (!cc_words_latest(of->words, word, &meaning)) {
        return 0;
    }
    *data = meaning.data;
    *parent = meaning.parent;
    return 1;
}

/* A member that is a number, of the word or of the nearest above. */
static bound
read_bound(const judge *of, int64_t word, const char *member)
{
    bound found = {0};
    for (int depth = 0; word > 0 && depth < DEPTH_MAX; depth++) {
        cc_text data, value;
        int64_t parent = 0;
        if (!read_word(of, word, &data, &parent)) {
            break;
        }
        if (cc_json_member(data, cc_text_of(member, -1), &value)) {
            found.is_there =
                cc_decimal_split(cc_json_plain(value), &found.mantissa,
                                 &found.scale) == CC_DECIMAL_OK
                && found.scale <= CC_SCALE_MAX;
            break;
        }
        word = parent;
    }
    return found;
}

static void
judge_start(judge *of, const cc_words *words, const cc_body *body,
            int of_mood)
{
    memset(of, 0, sizeof *of);
    of->words = words;
    of->body = body;
    of->of_mood = of_mood;
    if (of_mood) {
        of->mood = cc_words_find(words, CC_W_EVENT,
                                 cc_text_of("score.mood", -1));
        of->floor = read_bound(
            of, cc_words_find(words, CC_W_RULE, cc_text_of("mood", -1)),
            "floor");
    }
}

static const allowed *
allowed_of(judge *of, int64_t kind)
{
    allowed *found = &of->kept[kind % KEPT];
    if (found->kind == kind) {
        return found;
    }
    *found = (allowed){.kind = kind};
    if (!of->of_mood) {
        found->side[LOW] = read_bound(of, kind, "from");
        found->side[HIGH] = read_bound(of, kind, "to");
    } else if (cc_words_is_a(of->words, kind, of->mood)) {
        found->side[LOW] = of->floor;
    }
    return found;
}

static int
is_off(const allowed *by, int64_t number, int64_t scale)
{
    return (by->side[LOW].is_there
            && compare(number, scale, &by->side[LOW]) < 0)
           || (by->side[HIGH].is_there
               && compare(number, scale, &by->side[HIGH]) > 0);
}

/* The next row from `row` on that is off; the count where there is none. */
static int64_t
next_off(judge *of, int64_t row)
{
    const cc_rows *rows = &of->body->rows[CC_EVENT];
    for (; row < rows->count; row++) {
        const int64_t kind = rows->columns[CC_EVENT_KIND][row];
        const int64_t scale = rows->columns[CC_EVENT_NUMBER_SCALE][row];
        if (kind > 0 && scale >= 0 && scale <= CC_SCALE_MAX
            && is_off(allowed_of(of, kind),
                      rows->columns[CC_EVENT_NUMBER][row], scale)) {
            break;
        }
    }
    return row;
}

int
cc_scale_is_left(const cc_words *words, const cc_body *body, int of_mood)
{
    assert(words != NULL && body != NULL);
    if (body->rows[CC_EVENT].count == 0) {
        return 0;
    }
    judge of;
    judge_start(&of, words, body, of_mood);
    return next_off(&of, 0) < body->rows[CC_EVENT].count;
}

static custcap_status
set_bound(custcap_table *table, int64_t column, const bound *from,
          custcap_error *error)
{
    char room[CC_NUMBER_BYTES];
    if (!from->is_there) {
        return cc_table_set_null(table, column, error);
    }
    return cc_table_set_text(
        table, column,
        cc_text_of(cc_decimal_format(from->mantissa, from->scale, room), -1),
        error);
}

custcap_status
cc_scale_rows(cc_view *view, const cc_body *body, custcap_table *table,
              custcap_error *error)
{
    assert(view != NULL && body != NULL && table != NULL);
    judge of;
    judge_start(&of, cc_view_words(view), body, 0);
    const int64_t count = body->rows[CC_EVENT].count;
    for (int64_t row = next_off(&of, 0); row < count;
         row = next_off(&of, row + 1)) {
        const allowed *by =
            allowed_of(&of, body->rows[CC_EVENT].columns[CC_EVENT_KIND][row]);
        CC_TRY(cc_table_begin_row(table, error));
        cc_table_set(table, 0, row + 1);
        CC_TRY(set_bound(table, 1, &by->side[LOW], error));
        CC_TRY(set_bound(table, 2, &by->side[HIGH], error));
    }
    return CUSTCAP_OK;
}
