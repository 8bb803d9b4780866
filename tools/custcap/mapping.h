/*
 * mapping.h - which column of a file becomes which field, and how.
 *
 * The format of a mapping file is in custcap-csv(5).  A mapping is read from
 * its file, then resolved against the header of the data, and from then on
 * only read.
 */
#ifndef CUSTCAP_TOOL_MAPPING_H
#define CUSTCAP_TOOL_MAPPING_H

#include "chunk.h"

#include <stdint.h>

enum {
    MAPPING_FIELDS_MAX = 64, /* what custcap_batch_add() takes */
    MAPPING_JOINED_MAX = 8,  /* columns of one field */
    MAPPING_SKIPS_MAX = 32,
    MAPPING_COLUMNS_MAX = 4096
};

/* What is wrong, and where: said by whoever sees it first. */
typedef struct problem {
    int found;
    int64_t line;   /* of the data; 0: none */
    int64_t column; /* of the data, from 0; -1: none */
    char text[600];
} problem;
void problem_set(problem *wrong, int64_t line, int64_t column,
                 const char *format, ...)
    __attribute__((format(printf, 4, 5)));

typedef enum field_kind {
    FIELD_TEXT,
    FIELD_DAY,    /* day-format applies */
    FIELD_NUMBER, /* decimal applies */
    FIELD_AMOUNT, /* decimal, sign and rounding apply */
    FIELD_KEY     /* repeat-monthly-until adds an ending */
} field_kind;

typedef struct map_column {
    char *name;    /* owned */
    int64_t index; /* in the header; -1: not resolved */
} map_column;

typedef struct map_field {
    char *name;     /* of the record; owned */
    char *constant; /* NULL: columns; owned */
    map_column columns[MAPPING_JOINED_MAX];
    int column_count;
    field_kind kind;
    int line; /* of the mapping file */
} map_field;

typedef struct map_skip {
    map_column column;
    char *value; /* owned */
    int line;
} map_skip;

typedef struct mapping {
    char *path; /* NULL: no file, columns are fields */
    map_field fields[MAPPING_FIELDS_MAX];
    int field_count;
    map_skip skips[MAPPING_SKIPS_MAX];
    int skip_count;
    char *source;
    char delimiter; /* ' ': runs of blanks */
    int has_header;
    char **columns; /* names where the file has no header */
    int column_count;
    char *day_format;
    char decimal;
    int negate;
    int32_t rounding;
    map_column until; /* repeat-monthly-until; name NULL: no */
    char *until_default;
    int until_line;
    /* After mapping_resolve(): */
    int64_t width; /* cells of every row */
    char **names;  /* of the columns of the data, for errors */
} mapping;

/* The mapping where there is no file. */
void mapping_init(mapping *how);
void mapping_free(mapping *how);
/* 0 after saying what is wrong and on which line. */
int mapping_read(mapping *how, const char *path);
/* Look the names up in a header; 0 and *wrong where one is missing. */
int mapping_resolve(mapping *how, const char *const *names,
                    const int64_t *lengths, int64_t count, int64_t line,
                    problem *wrong);
/* The column a field comes from, for errors; -1: none. */
int64_t mapping_column_of(const mapping *how, const char *field);

/* mapper.c: one row of the data (cells in the chunk's bytes) becomes rows of
 * the chunk: none, one, or one a month.  0 and *wrong where it can't. */
int mapper_row(const mapping *how, chunk *rows, const cell *given,
               int64_t line, int64_t *skipped, problem *wrong);
/* Is a pattern of days one that mapper_row() can read? */
int day_format_check(const char *pattern);

#endif
