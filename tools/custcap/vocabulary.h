/*
 * vocabulary.h - definitions out of a JSON file (custcap-csv(5)).
 */
#ifndef CUSTCAP_TOOL_VOCABULARY_H
#define CUSTCAP_TOOL_VOCABULARY_H

#include "cli.h"

#include <custcap/custcap.h>

typedef struct vocabulary vocabulary;

/* An exit code; what is wrong has been said, with object and field. */
int vocabulary_read(const char *path, vocabulary **words);
void vocabulary_free(vocabulary *words);
/* All of them or none; none, too, where it is only tried (`dry`). */
int vocabulary_record(const vocabulary *words, custcap_ledger *ledger,
                      int dry, custcap_error *error);
/* `import LEDGER definition FILE.json` */
int vocabulary_import(const arguments *given);
/* Exported definitions as objects of such a file; *printed counts on. */
int vocabulary_print(const custcap_table *piece, int64_t *printed);

#endif
