/*
 * test_model_support.h - what the tests of models share: columns of the data
 * sets, short ways to fit and ask.
 */
#ifndef TEST_MODEL_SUPPORT_H
#define TEST_MODEL_SUPPORT_H

#include <custcap/custcap.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ck_ok(expression) ck_assert_int_eq((expression), CUSTCAP_OK)
/* |a - b| <= tolerance * |b| */
#define ck_near(a, b, tolerance)                                             \
    do {                                                                     \
        const double ck_a = (a), ck_b = (b);                                 \
        ck_assert_msg(fabs(ck_a - ck_b) <= (tolerance) * fabs(ck_b),         \
                      "%s is %.15g, expected %.15g", #a, ck_a, ck_b);        \
    } while (0)

enum { TEST_ROWS_MAX = 30000, TEST_COLUMNS_MAX = 6 };

/* Numbers of a CSV file of the test data; columns count from 0, cells that
 * are no numbers read as 0.  Where the data are not there the count is 0. */
typedef struct test_file {
    int64_t count;
    double *columns[TEST_COLUMNS_MAX];
} test_file;

static inline test_file
test_read(const char *name)
{
    const char *folder = getenv("CUSTCAP_TEST_DATA");
    char path[1024], line[1024];
    test_file made = {0};
    snprintf(path, sizeof path, "%s/%s",
             folder == NULL ? "../shared/data" : folder, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return made;
    }
    for (int i = 0; i < TEST_COLUMNS_MAX; i++) {
        made.columns[i] = calloc(TEST_ROWS_MAX, sizeof(double));
    }
    int header = 1;
    while (fgets(line, sizeof line, file) != NULL
           && made.count < TEST_ROWS_MAX) {
        if (header) {
            header = 0;
            continue;
        }
        char *at = line;
        for (int i = 0; i < TEST_COLUMNS_MAX && at != NULL; i++) {
            made.columns[i][made.count] = strtod(at, NULL);
            at = strchr(at, ',');
            at = at == NULL ? NULL : at + 1;
        }
        made.count++;
    }
    fclose(file);
    return made;
}

static inline void
test_file_free(test_file *file)
{
    for (int i = 0; i < TEST_COLUMNS_MAX; i++) {
        free(file->columns[i]);
    }
}

/* x, t_x, T in columns first, first + 1, first + 2. */
static inline custcap_model_data
test_customers(const test_file *file, int first)
{
    custcap_model_data data;
    custcap_model_data_init(&data);
    data.count = file->count;
    data.frequency = file->columns[first];
    data.recency = file->columns[first + 1];
    data.age = file->columns[first + 2];
    return data;
}

static inline custcap_model *
test_fit(const char *name, const custcap_model_data *data)
{
    custcap_model_options options;
    custcap_model *model = NULL;
    custcap_error *error = custcap_error_new();
    custcap_model_options_init(&options);
    options.model = name;
    const custcap_status status = custcap_model_fit(&options, data, &model,
                                                    error);
    ck_assert_msg(status == CUSTCAP_OK, "%s", custcap_error_text(error));
    custcap_error_free(error);
    return model;
}

static inline custcap_model *
test_model(const char *name, const double *parameters, int64_t count,
           int32_t k)
{
    custcap_model_options options;
    custcap_model *model = NULL;
    custcap_model_options_init(&options);
    options.model = name;
    options.k = k;
    ck_ok(custcap_model_new(&options, parameters, count, 0, 0, &model,
                            NULL));
    return model;
}

static inline double
test_value(const custcap_model *model, const char *name)
{
    double value = 0.0;
    ck_ok(custcap_model_value(model, name, &value, NULL, NULL));
    return value;
}

/* The answer about one customer. */
static inline double
test_ask(const custcap_model *model, int32_t what, double x, double tx,
         double T, double ahead)
{
    custcap_model_data data;
    custcap_model_ask ask;
    double value = 0.0;
    custcap_model_data_init(&data);
    custcap_model_ask_init(&ask);
    data.count = 1;
    data.frequency = &x;
    data.recency = &tx;
    data.age = &T;
    ask.what = what;
    ask.ahead = ahead;
    ck_ok(custcap_model_predict(model, &ask, &data, &value, NULL));
    return value;
}

/* Main function of a test program with one case. */
static inline int
test_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}

#endif
