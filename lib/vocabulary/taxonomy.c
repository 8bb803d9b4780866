/*
 * taxonomy.c - words at one moment, as a tree to walk.
 *
 * Why here:   the public handle on the vocabulary; it may be shared between
 *             threads, so it takes all it says at the moment it is made.
 * Method:     an array of the words known then, ordered by (kind, number); a
 *             second order by number alone finds a word by bisection; the
 *             children of all words lie in one array, parent after parent.
 * Invariants: immutable after it is made; texts belong to the cc_words, which
 *             is owned, or kept by whoever is told in `release`.
 * Threads:    shared-read.
 */
#include "taxonomy.h"

#include "base/sort.h"
#include "inner.h"
#include "json.h"
#include <assert.h>
#include <string.h>

static_assert(CUSTCAP_WORD_FORM == CC_W_FORM &&
                  CUSTCAP_WORD_SOURCE == CC_W_SOURCE &&
                  CUSTCAP_WORD_ROLE == CC_W_ROLE &&
                  CUSTCAP_WORD_STAGE == CC_W_STAGE &&
                  CUSTCAP_WORD_RELATION == CC_W_RELATION &&
                  CUSTCAP_WORD_BOOK == CC_W_BOOK &&
                  CUSTCAP_WORD_CODE == CC_W_CODE &&
                  CUSTCAP_WORD_UNIT == CC_W_UNIT &&
                  CUSTCAP_WORD_LINE == CC_W_LINE &&
                  CUSTCAP_WORD_CHANNEL == CC_W_CHANNEL &&
                  CUSTCAP_WORD_EVENT == CC_W_EVENT &&
                  CUSTCAP_WORD_OBJECT == CC_W_OBJECT,
              "kinds of word are ABI");
static_assert(CUSTCAP_WORD_THEME == CC_W_THEME &&
                  CUSTCAP_WORD_ITEM == CC_W_ITEM &&
                  CUSTCAP_WORD_FLOW == CC_W_FLOW &&
                  CUSTCAP_WORD_STATE == CC_W_STATE &&
                  CUSTCAP_WORD_PURPOSE == CC_W_PURPOSE &&
                  CUSTCAP_WORD_METHOD == CC_W_METHOD &&
                  CUSTCAP_WORD_RATE == CC_W_RATE &&
                  CUSTCAP_WORD_RULE == CC_W_RULE &&
                  CUSTCAP_WORD_MEASURE == CC_W_MEASURE &&
                  CUSTCAP_WORD_GUARD == CC_W_GUARD &&
                  CUSTCAP_WORD_AXIS == CC_W_AXIS &&
                  CUSTCAP_WORD_CALENDAR == CC_W_CALENDAR,
              "kinds of word are ABI");
static_assert(CUSTCAP_ROLE_CONSUMER == CC_ROLE_CONSUMER &&
                  CUSTCAP_ROLE_MEMBER == CC_ROLE_MEMBER &&
                  CUSTCAP_ROLE_FAN == CC_ROLE_FAN &&
                  CUSTCAP_ROLE_CHANNEL == CC_ROLE_CHANNEL &&
                  CUSTCAP_ROLE_INVESTOR == CC_ROLE_INVESTOR &&
                  CUSTCAP_ROLE_INTERNAL == CC_ROLE_INTERNAL,
              "root roles are ABI");

typedef struct taxonomy_entry {
    int64_t number;
    int64_t parent;      /* place in entries, -1: none */
    int64_t child_first; /* place in children */
    int64_t child_count;
    cc_text code;
    cc_meaning meaning;
    int32_t kind;
    int32_t scale;
} taxonomy_entry;

struct custcap_taxonomy {
    cc_memory memory;
    cc_words *words;
    int32_t owns_words;
    cc_taxonomy_release release;
    void *release_context;
    int64_t position;
    int64_t count;
    taxonomy_entry *entries;                /* by (kind, number) */
    int64_t kind_first[CC_W_KIND_END + 1];
    int32_t *by_number;                     /* places, by number */
    int64_t *children;                      /* numbers */
};

/* NULL when the taxonomy does not know the word. */
static taxonomy_entry *
entry_of(const custcap_taxonomy *taxonomy, int64_t word)
{
    if (taxonomy == NULL) {
        return NULL;
    }
    int64_t low = 0;
    int64_t high = taxonomy->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        taxonomy_entry *entry =
            &taxonomy->entries[taxonomy->by_number[middle]];
        if (entry->number == word) {
            return entry;
        }
        if (entry->number < word) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* Ask for the meaning of every word of one kind. */
static custcap_status
add_kind(custcap_taxonomy *taxonomy, cc_word_kind kind, int32_t day,
         int64_t *capacity, custcap_error *error)
{
    const int64_t bound = cc_words_list(taxonomy->words, kind, NULL, 0);
    int64_t *numbers = cc_new(&taxonomy->memory, bound, sizeof(*numbers));
    if (numbers == NULL) {
        return cc_no_memory(error);
    }
    /* Others may define words meanwhile: those beyond the bound are not
     * known at this taxonomy's position anyway. */
    int64_t found = cc_words_list(taxonomy->words, kind, numbers, bound);
    found = found < bound ? found : bound;
    custcap_status status =
        cc_grow(&taxonomy->memory, &taxonomy->entries, capacity,
                taxonomy->count + found, sizeof(*taxonomy->entries), error);
    for (int64_t i = 0; status == CUSTCAP_OK && i < found; i++) {
        taxonomy_entry entry = {.number = numbers[i], .parent = -1};
        if (!cc_words_meaning(taxonomy->words, numbers[i],
                              taxonomy->position, day, &entry.meaning)) {
            continue;
        }
        entry.code = cc_words_code(taxonomy->words, numbers[i]);
        entry.kind = (int32_t)kind;
        entry.scale = cc_words_scale(taxonomy->words, numbers[i]);
        taxonomy->entries[taxonomy->count++] = entry;
    }
    cc_free(&taxonomy->memory, numbers);
    return status;
}

/* The order by number. */
static custcap_status
order_by_number(custcap_taxonomy *taxonomy, custcap_error *error)
{
    const cc_memory *memory = &taxonomy->memory;
    taxonomy->by_number =
        cc_new(memory, taxonomy->count, sizeof(*taxonomy->by_number));
    uint64_t *keys = cc_new(memory, taxonomy->count, sizeof(*keys));
    custcap_status status = CUSTCAP_OK;
    if (taxonomy->by_number == NULL || keys == NULL) {
        status = cc_no_memory(error);
    } else {
        for (int64_t i = 0; i < taxonomy->count; i++) {
            keys[i] = (uint64_t)taxonomy->entries[i].number;
        }
        status = cc_sort_u64(memory, keys, taxonomy->count,
                             taxonomy->by_number, error);
    }
    cc_free(memory, keys);
    return status;
}

/* Parents become places; the children of each lie together. */
static custcap_status
link_family(custcap_taxonomy *taxonomy, custcap_error *error)
{
    taxonomy->children = cc_new(&taxonomy->memory, taxonomy->count,
                                sizeof(*taxonomy->children));
    if (taxonomy->children == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < taxonomy->count; i++) {
        taxonomy_entry *entry = &taxonomy->entries[i];
        taxonomy_entry *parent = entry_of(taxonomy, entry->meaning.parent);
        if (parent != NULL && parent != entry) {
            entry->parent = parent - taxonomy->entries;
            parent->child_count++;
        }
    }
    int64_t used = 0;
    for (int64_t i = 0; i < taxonomy->count; i++) {
        taxonomy->entries[i].child_first = used;
        used += taxonomy->entries[i].child_count;
        taxonomy->entries[i].child_count = 0;
    }
    for (int64_t i = 0; i < taxonomy->count; i++) {
        const taxonomy_entry *entry =
            &taxonomy->entries[taxonomy->by_number[i]];
        if (entry->parent >= 0) {
            taxonomy_entry *parent = &taxonomy->entries[entry->parent];
            taxonomy->children[parent->child_first + parent->child_count++] =
                entry->number;
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
fill(custcap_taxonomy *taxonomy, int32_t day, custcap_error *error)
{
    int64_t capacity = 0;
    for (int kind = CC_W_NONE + 1; kind < CC_W_KIND_END; kind++) {
        taxonomy->kind_first[kind] = taxonomy->count;
        CC_TRY(add_kind(taxonomy, (cc_word_kind)kind, day, &capacity, error));
    }
    taxonomy->kind_first[CC_W_KIND_END] = taxonomy->count;
    if (taxonomy->count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT, "too many words for a taxonomy");
    }
    CC_TRY(order_by_number(taxonomy, error));
    return link_family(taxonomy, error);
}

/* Without words and release. */
static void
free_arrays(custcap_taxonomy *taxonomy)
{
    const cc_memory memory = taxonomy->memory;
    cc_free(&memory, taxonomy->entries);
    cc_free(&memory, taxonomy->by_number);
    cc_free(&memory, taxonomy->children);
    cc_free(&memory, taxonomy);
}

custcap_status
cc_taxonomy_new(const cc_memory *memory, cc_words *words, int64_t position,
                int32_t day, cc_taxonomy_release release, void *context,
                custcap_taxonomy **taxonomy_out, custcap_error *error)
{
    assert(words != NULL);
    assert(taxonomy_out != NULL);

    *taxonomy_out = NULL;
    custcap_taxonomy *taxonomy = cc_zeros(memory, 1, sizeof(*taxonomy));
    if (taxonomy == NULL) {
        return cc_no_memory(error);
    }
    if (memory != NULL) {
        taxonomy->memory = *memory;
    }
    taxonomy->words = words;
    taxonomy->position = position;
    const custcap_status status = fill(taxonomy, day, error);
    if (status != CUSTCAP_OK) {
        free_arrays(taxonomy);
        return status;
    }
    taxonomy->release = release;
    taxonomy->release_context = context;
    *taxonomy_out = taxonomy;
    return CUSTCAP_OK;
}

custcap_status
custcap_taxonomy_new(custcap_taxonomy **taxonomy, custcap_error *error)
{
    if (taxonomy == NULL) {
        return cc_fail(error, CUSTCAP_INVALID, "taxonomy must not be NULL");
    }
    *taxonomy = NULL;
    cc_words *words = NULL;
    CC_TRY(cc_words_new(NULL, &words, error));
    const custcap_status status = cc_taxonomy_new(
        NULL, words, 0, CC_DAY_MAX, NULL, NULL, taxonomy, error);
    if (status != CUSTCAP_OK) {
        cc_words_free(words);
        return status;
    }
    (*taxonomy)->owns_words = 1;
    return CUSTCAP_OK;
}

void
custcap_taxonomy_free(custcap_taxonomy *taxonomy)
{
    if (taxonomy == NULL) {
        return;
    }
    cc_words *words = taxonomy->owns_words ? taxonomy->words : NULL;
    const cc_taxonomy_release release = taxonomy->release;
    void *context = taxonomy->release_context;
    free_arrays(taxonomy);
    cc_words_free(words);
    if (release != NULL) {
        release(context);
    }
}

/* The part of `entries` of one kind, or of all. */
static void
kind_range(const custcap_taxonomy *taxonomy, int32_t kind, int64_t *first,
           int64_t *end)
{
    *first = 0;
    *end = 0;
    if (taxonomy == NULL || kind < 0 || kind >= CC_W_KIND_END) {
        return;
    }
    *first = kind == 0 ? 0 : taxonomy->kind_first[kind];
    *end = kind == 0 ? taxonomy->count : taxonomy->kind_first[kind + 1];
}

int64_t
custcap_taxonomy_count(const custcap_taxonomy *taxonomy, int32_t kind)
{
    int64_t first;
    int64_t end;
    kind_range(taxonomy, kind, &first, &end);
    return end - first;
}

int64_t
custcap_taxonomy_at(const custcap_taxonomy *taxonomy, int32_t kind,
                    int64_t index)
{
    int64_t first;
    int64_t end;
    kind_range(taxonomy, kind, &first, &end);
    return index >= 0 && index < end - first
               ? taxonomy->entries[first + index].number
               : 0;
}

int64_t
custcap_taxonomy_find(const custcap_taxonomy *taxonomy, int32_t kind,
                      const char *code, int64_t length)
{
    if (taxonomy == NULL || code == NULL || length < -1 ||
        kind <= CC_W_NONE || kind >= CC_W_KIND_END) {
        return 0;
    }
    const int64_t word =
        cc_words_find_at(taxonomy->words, (cc_word_kind)kind,
                         cc_text_of(code, length), taxonomy->position);
    return entry_of(taxonomy, word) == NULL ? 0 : word;
}

int32_t
custcap_taxonomy_kind(const custcap_taxonomy *taxonomy, int64_t word)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    return entry == NULL ? 0 : entry->kind;
}

int64_t
custcap_taxonomy_parent(const custcap_taxonomy *taxonomy, int64_t word)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    return entry == NULL || entry->parent < 0
               ? 0
               : taxonomy->entries[entry->parent].number;
}

int64_t
custcap_taxonomy_child_count(const custcap_taxonomy *taxonomy, int64_t word)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    return entry == NULL ? 0 : entry->child_count;
}

int64_t
custcap_taxonomy_child(const custcap_taxonomy *taxonomy, int64_t word,
                       int64_t index)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    return entry == NULL || index < 0 || index >= entry->child_count
               ? 0
               : taxonomy->children[entry->child_first + index];
}

int32_t
custcap_taxonomy_is_a(const custcap_taxonomy *taxonomy, int64_t word,
                      int64_t ancestor)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    for (int step = 0; entry != NULL && step < CC_WORD_DEPTH_MAX; step++) {
        if (entry->number == ancestor) {
            return 1;
        }
        entry = entry->parent < 0 ? NULL : &taxonomy->entries[entry->parent];
    }
    return 0;
}

/* The one way texts go out. */
static const char *
give(cc_text text, int64_t *length)
{
    if (length != NULL) {
        *length = text.length;
    }
    return text.length == 0 ? "" : text.data;
}

const char *
custcap_taxonomy_code(const custcap_taxonomy *taxonomy, int64_t word,
                      int64_t *length)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    return give(entry == NULL ? (cc_text){"", 0} : entry->code, length);
}

const char *
custcap_taxonomy_label(const custcap_taxonomy *taxonomy, int64_t word,
                       const char *language, int64_t *length)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    if (entry == NULL) {
        return give((cc_text){"", 0}, length);
    }
    const int chinese = language != NULL && language[0] == 'z' &&
                        language[1] == 'h' &&
                        (language[2] == '\0' || language[2] == '-' ||
                         language[2] == '_');
    return give(chinese && entry->meaning.zh.length > 0 ? entry->meaning.zh
                                                        : entry->meaning.en,
                length);
}

const char *
custcap_taxonomy_data(const custcap_taxonomy *taxonomy, int64_t word,
                      int64_t *length)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    return give(entry == NULL ? (cc_text){"", 0} : entry->meaning.data,
                length);
}

const char *
custcap_taxonomy_member(const custcap_taxonomy *taxonomy, int64_t word,
                        const char *name, int64_t *length)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    cc_text value = {"", 0};
    for (int step = 0;
         name != NULL && entry != NULL && step < CC_WORD_DEPTH_MAX; step++) {
        if (cc_json_member(entry->meaning.data, cc_text_of(name, -1),
                           &value)) {
            value = cc_json_plain(value);
            break;
        }
        entry = entry->parent < 0 ? NULL : &taxonomy->entries[entry->parent];
    }
    return give(value, length);
}

int32_t
custcap_taxonomy_scale(const custcap_taxonomy *taxonomy, int64_t word)
{
    const taxonomy_entry *entry = entry_of(taxonomy, word);
    return entry == NULL ? -1 : entry->scale;
}

int32_t
custcap_taxonomy_allows(const custcap_taxonomy *taxonomy, int64_t flow,
                        int64_t from, int64_t to)
{
    const taxonomy_entry *entry = entry_of(taxonomy, flow);
    const taxonomy_entry *state = entry_of(taxonomy, to);
    if (entry == NULL || entry->kind != CC_W_FLOW || state == NULL) {
        return 0;
    }
    cc_text list;
    if (from == 0) {
        return !cc_json_member(entry->meaning.data, cc_text_of("start", -1),
                               &list) ||
               cc_json_has(list, state->code);
    }
    const taxonomy_entry *before = entry_of(taxonomy, from);
    cc_text moves;
    if (before == NULL) {
        return 0;
    }
    if (!cc_json_member(entry->meaning.data, cc_text_of("moves", -1),
                        &moves)) {
        return 1;
    }
    return cc_json_member(moves, before->code, &list) &&
           cc_json_has(list, state->code);
}

const char *
custcap_word_kind_name(int32_t kind)
{
    return kind <= CC_W_NONE || kind >= CC_W_KIND_END
               ? ""
               : cc_word_kind_name((cc_word_kind)kind);
}

int32_t
custcap_word_kind_find(const char *name, int64_t length)
{
    if (name == NULL || length < -1) {
        return 0;
    }
    return (int32_t)cc_word_kind_parse(cc_text_of(name, length));
}
