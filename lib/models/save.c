/*
 * save.c - a model as a few hundred bytes.
 *
 * Why here:   fitting takes data, asking takes a model: keep the model.
 * Method:     little-endian: magic "custmodl", version and size (32 bits
 *             each), kind (16 bytes, padded with NUL), k, the two numbers of
 *             covariates and flags (32 bits each), nine figures and the
 *             parameters (binary64), the lower triangle of the covariance
 *             where there is one, the words with their length, CRC32C of all
 *             before it.
 * Invariants: reading believes nothing: sizes, counts, finiteness and the sum
 *             are checked first.
 * Threads:    any.
 */
#include "model.h"

#include "base/hash.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    FORMAT_VERSION = 1,
    NAME_BYTES = 16,
    HEAD_BYTES = 8 + 4 + 4 + NAME_BYTES + 4 * 4,
    FIGURES = 9,
    HAS_COVARIANCE = 1,
    HAS_TRIANGLE = 2
};
static const char magic[8] = {'c', 'u', 's', 't', 'm', 'o', 'd', 'l'};

static void
put_u32(uint8_t **at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        *(*at)++ = (uint8_t)(value >> (8 * i));
    }
}

static void
put_double(uint8_t **at, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_u32(at, (uint32_t)bits);
    put_u32(at, (uint32_t)(bits >> 32));
}

static uint32_t
get_u32(const uint8_t **at)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        value |= (uint32_t)*(*at)++ << (8 * i);
    }
    return value;
}

static double
get_double(const uint8_t **at)
{
    const uint64_t low = get_u32(at);
    const uint64_t bits = low | (uint64_t)get_u32(at) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Not a model of known parameters only. */
static int
has_triangle(const custcap_model *model)
{
    return !isnan(model->log_likelihood);
}

static int64_t
numbers_of(const custcap_model *model)
{
    const int64_t n = model->count;
    return FIGURES + n + (has_triangle(model) ? n * (n + 1) / 2 : 0);
}

int64_t
cc_model_saved_size(const custcap_model *model)
{
    assert(model != NULL);
    return HEAD_BYTES + 8 * numbers_of(model) + 4
           + (int64_t)strlen(model->words) + 4;
}

void
cc_model_save(const custcap_model *model, uint8_t *bytes)
{
    assert(model != NULL && bytes != NULL);

    const int64_t size = cc_model_saved_size(model);
    uint8_t *at = bytes;
    memcpy(at, magic, sizeof magic);
    at += sizeof magic;
    put_u32(&at, FORMAT_VERSION);
    put_u32(&at, (uint32_t)size);
    memset(at, 0, NAME_BYTES);
    memcpy(at, model->kind->name, strlen(model->kind->name));
    at += NAME_BYTES;
    put_u32(&at, (uint32_t)model->k);
    put_u32(&at, (uint32_t)model->transaction_covariates);
    put_u32(&at, (uint32_t)model->dropout_covariates);
    put_u32(&at, (model->has_covariance ? HAS_COVARIANCE : 0u)
                     | (has_triangle(model) ? HAS_TRIANGLE : 0u));
    const double figures[FIGURES] = {
        model->confidence, model->log_likelihood, model->customers,
        model->rows, model->left_out, model->iterations, model->converged,
        model->penalty, 0.0};
    for (int i = 0; i < FIGURES; i++) {
        put_double(&at, figures[i]);
    }
    for (int32_t i = 0; i < model->count; i++) {
        put_double(&at, model->value[i]);
    }
    for (int32_t i = 0; has_triangle(model) && i < model->count; i++) {
        for (int32_t j = 0; j <= i; j++) {
            put_double(&at, model->covariance[i * model->count + j]);
        }
    }
    const size_t length = strlen(model->words);
    put_u32(&at, (uint32_t)length);
    memcpy(at, model->words, length);
    at += length;
    put_u32(&at, cc_crc32c(0, bytes, at - bytes));
    assert(at - bytes == size);
}

static custcap_status
bad(const char *what, custcap_error *error)
{
    return cc_fail(error, CUSTCAP_CORRUPT, "a saved model %s", what);
}

/* What stands before the numbers; the model is made. */
static custcap_status
read_head(const cc_memory *memory, const uint8_t *bytes, int64_t size,
          uint32_t *flags, custcap_model **model, custcap_error *error)
{
    const uint8_t *at = bytes + sizeof magic;
    if (size < HEAD_BYTES + 8 || memcmp(bytes, magic, sizeof magic) != 0) {
        return bad("begins with other bytes, or is cut", error);
    }
    const uint32_t version = get_u32(&at);
    if (version > FORMAT_VERSION) {
        return cc_fail(error, CUSTCAP_VERSION,
                       "the model was saved in format %u, this library reads "
                       "up to %d", version, FORMAT_VERSION);
    }
    if ((int64_t)get_u32(&at) != size) {
        return bad("is not as long as it says", error);
    }
    const uint8_t *end = bytes + size - 4;
    if (get_u32(&end) != cc_crc32c(0, bytes, size - 4)) {
        return bad("has another checksum than it says", error);
    }
    char name[NAME_BYTES + 1] = {0};
    memcpy(name, at, NAME_BYTES);
    at += NAME_BYTES;
    const cc_kind *kind = cc_kind_find(name);
    if (kind == NULL) {
        return bad("is of a kind that is not known", error);
    }
    const uint32_t k = get_u32(&at), moved = get_u32(&at),
                   left = get_u32(&at);
    *flags = get_u32(&at);
    if (k < 1 || k > CC_K_MAX || moved > CC_COVARIATES_MAX
        || left > CC_COVARIATES_MAX) {
        return bad("counts what can't be", error);
    }
    CC_TRY(cc_model_make(memory, kind, (int32_t)moved, (int32_t)left, model,
                         error));
    (*model)->k = (int32_t)k;
    return CUSTCAP_OK;
}

static custcap_status
read_numbers(const uint8_t *bytes, int64_t size, uint32_t flags,
             custcap_model *model, custcap_error *error)
{
    const uint8_t *at = bytes + HEAD_BYTES, *end = bytes + size - 4;
    const int64_t n = model->count;
    const int64_t triangle = flags & HAS_TRIANGLE ? n * (n + 1) / 2 : 0;
    if (end - at < 8 * (FIGURES + n + triangle) + 4) {
        return bad("is too short for its numbers", error);
    }
    double *const figures[FIGURES] = {
        &model->confidence, &model->log_likelihood, &model->customers,
        &model->rows, &model->left_out, &model->iterations,
        &model->converged, &model->penalty, NULL};
    for (int i = 0; i < FIGURES; i++) {
        const double value = get_double(&at);
        if (figures[i] != NULL) {
            *figures[i] = value;
        }
    }
    for (int64_t i = 0; i < n; i++) {
        model->value[i] = get_double(&at);
        if (!isfinite(model->value[i])
            || (i < model->kind->parameters && !(model->value[i] > 0.0))) {
            return bad("has a parameter that can't be", error);
        }
    }
    for (int64_t i = 0; triangle > 0 && i < n; i++) {
        for (int64_t j = 0; j <= i; j++) {
            model->covariance[i * n + j] = get_double(&at);
            model->covariance[j * n + i] = model->covariance[i * n + j];
        }
    }
    model->has_covariance = (flags & HAS_COVARIANCE) != 0 && triangle > 0;
    const uint32_t length = get_u32(&at);
    if (length >= CC_WORDS_BYTES || end - at != (int64_t)length) {
        return bad("has words of another length than it says", error);
    }
    memcpy(model->words, at, length);
    return model->confidence > 0.0 && model->confidence < 1.0
               ? CUSTCAP_OK
               : bad("has a confidence that can't be", error);
}

custcap_status
cc_model_load(const cc_memory *memory, const uint8_t *bytes, int64_t size,
              custcap_model **model, custcap_error *error)
{
    assert(bytes != NULL && model != NULL);

    custcap_model *made = NULL;
    uint32_t flags = 0;
    custcap_status status = read_head(memory, bytes, size, &flags, &made,
                                      error);
    if (made != NULL) {
        status = read_numbers(bytes, size, flags, made, error);
    }
    if (status != CUSTCAP_OK) {
        cc_free(memory, made);
        return status;
    }
    *model = made;
    return CUSTCAP_OK;
}
