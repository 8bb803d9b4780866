/*
 * vocabulary.h - definitions out of a JSON file (custcap-csv(5)).
 */
#ifndef CUSTCAP_TOOL_VOCABULARY_H
#define CUSTCAP_TOOL_VOCABULARY_H

#include <custcap/ledger.h>

typedef struct vocabulary vocabulary;

/* An exit code; what is wrong has been said, with object and field. */
int vocabulary_read(const char *path, vocabulary **words);
void vocabulary_free(vocabulary *words);
/* All of them or none. */
int vocabulary_record(const vocabulary *words, custcap_ledger *ledger,
                      custcap_error *error);

#endif
