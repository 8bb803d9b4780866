/*
 * handle.h - what is behind the public handles, and the checks they share.
 *
 * The api room is the only one that sees all others.  It checks what callers
 * pass, holds the writer's state and delegates; it has no arithmetic of its
 * own.
 */
#ifndef CC_API_HANDLE_H
#define CC_API_HANDLE_H

#include "base/process.h"
#include "measures/catalogue.h"
#include <custcap/batch.h>
#include <custcap/snapshot.h>
#include <sys/types.h>

struct custcap_ledger {
    cc_memory memory;
    pid_t owner;              /* the process that opened it */
    int32_t read_only;
    int32_t threads;
    cc_store *store;          /* the writer's connection (or a reader's) */
    cc_source *source;
    cc_words *words;          /* the source's */
    const cc_zone *zone;      /* the source's */
    int64_t unit;             /* word */
    cc_keys *record_keys;     /* NULL when read only */
    cc_keys *party_keys;
    cc_map *parties;          /* look-up hash -> party, confirmed ones */
    int64_t *erased;          /* parties, ascending */
    int64_t erased_count;
    int64_t erasures;         /* meta's, when they were read */
    int64_t party_count;      /* parties there are: 1 .. party_count */
    cc_gathering *gathering;  /* the tail's rows, if this handle wrote all */
    int64_t sealed;           /* position up to which all is in segments */
    int64_t tail_position;    /* up to where the tail was counted, -1: not */
    int64_t tail_rows;        /* of large kinds in the tail */
    int64_t tail_noted;       /* position of the last note in the file */
    int32_t closed_day;       /* CC_DAY_NONE: none */
    int32_t stops_are_known;  /* is the next one up to date? */
    int64_t stopped_until;    /* as cc_guard_facts */
    int64_t data_version;     /* of the last refresh */
    int32_t importing;
    int32_t closed;           /* freed by the host; batches still hold it */
    int64_t batches;          /* that hold it */
    int64_t generation;       /* counts rollbacks: numbers may be void */
    int64_t import_first;     /* first position of the import, 0: none yet */
    int64_t (*clock)(void *context);
    void *clock_context;
    int32_t (*random)(void *context, void *bytes, int64_t size);
    void *random_context;
    int32_t (*master_key)(void *context, uint8_t *key);
    void *master_key_context;
};

/* A party or word that is not there yet: number -(index + 1). */
typedef struct cc_new_party {
    cc_key hash;
    int64_t source;    /* word, may be provisional */
    int64_t offset;    /* of the host key in the batch's key_bytes */
    int64_t length;
    int64_t declared;  /* 1 + the party row that introduces it, or 0 */
    int64_t final;     /* set at commit */
    int64_t day;       /* set at commit: of the record that first names it */
} cc_new_party;

typedef struct cc_new_word {
    cc_word_kind kind;
    int64_t string;    /* reference in body strings */
    int64_t declared;  /* 1 + the definition row that introduces it, or 0 */
    int64_t final;
} cc_new_word;

/* The ref of an entry that settles whatever is open: cut at commit. */
#define CC_REF_OPEN INT64_MIN

/* A `ref` or `item` named by key: looked up at commit. */
typedef struct cc_pending_ref {
    cc_kind kind;
    int32_t column;
    int64_t row;
    cc_key key;
} cc_pending_ref;

struct custcap_batch {
    custcap_ledger *ledger;
    cc_body body;
    cc_new_party *new_parties;
    int64_t new_party_count, new_party_capacity;
    cc_map *new_party_map;    /* hash -> index */
    /* Host keys of new parties.  Most turn out to be known when the batch is
     * committed: only the others' keys go into the body and the vault. */
    cc_buffer key_bytes;
    cc_new_word *new_words;
    int64_t new_word_count, new_word_capacity;
    int64_t declared;         /* new parties and words that a row declares */
    cc_pending_ref *refs;
    int64_t ref_count, ref_capacity;
    int64_t source;           /* word of later rows; 0: by its name */
    char source_name[256];
    int64_t generation;       /* of the ledger, when numbers were taken */
    int64_t erasures;         /* of the ledger, at its first record */
    int32_t begun;            /* it looked for others' erasures */
    int32_t is_cached;        /* it has numbers out of the ledger's cache */
    int32_t rounding;
    int32_t zero_sum;
    custcap_table *findings;
    /* After a commit, by kind: status and record id of every row added. */
    int32_t *status[CC_KIND_END];
    int64_t *id[CC_KIND_END];
    int64_t status_count[CC_KIND_END];
};

/* MISUSE for NULL or a child of fork; READ_ONLY where `writing`. */
custcap_status cc_ledger_check(const custcap_ledger *ledger, int writing,
                               custcap_error *error);
/* Catch up with what other connections committed; inside a transaction. */
/* What is known to decide whether a guard is asked about a batch. */
custcap_status cc_ledger_guard_facts(custcap_ledger *ledger,
                                     const cc_body *body,
                                     cc_guard_facts *facts,
                                     custcap_error *error);
custcap_status cc_ledger_refresh(custcap_ledger *ledger,
                                 custcap_error *error);
int64_t cc_ledger_now(const custcap_ledger *ledger);
/* Begin writing (nothing to do inside an import) and refresh. */
custcap_status cc_ledger_begin(custcap_ledger *ledger, custcap_error *error);
/* Commit; inside an import that is left to its end. */
custcap_status cc_ledger_commit(custcap_ledger *ledger,
                                custcap_error *error);
/* Undo the open transaction and what it left in memory. */
void cc_ledger_rollback(custcap_ledger *ledger);

/* The cache of confirmed host keys, made when it is first wanted. */
custcap_status cc_ledger_party_cache(custcap_ledger *ledger,
                                     custcap_error *error);
/* Look host keys up by the cc_lookup_hash of source and text: the cache, then
 * the runs.  parties[i] is 0 where a key is unknown, or its party erased.
 * Inside a transaction. */
custcap_status cc_ledger_find_parties(custcap_ledger *ledger,
                                      const cc_key *hashes, int64_t count,
                                      int64_t *parties,
                                      custcap_error *error);
/* Who was erased meanwhile, also by other connections. */
custcap_status cc_ledger_refresh_erased(custcap_ledger *ledger,
                                        custcap_error *error);

/* Append a finished body in the open transaction: texts sealed, encoded,
 * chained, projected.  party_count and words are up to date before. */
custcap_status cc_ledger_append(custcap_ledger *ledger, cc_body *body,
                                cc_head *head, custcap_error *error);
/* Rows in the tail, counted along; now and then noted in the file. */
custcap_status cc_ledger_tail_rows(custcap_ledger *ledger, int64_t *rows,
                                   custcap_error *error);
/* Put all recent rows and keys into columns and runs; then merge within the
 * budget.  *more as cc_seal_merge says. */
custcap_status cc_ledger_seal_all(custcap_ledger *ledger,
                                  int64_t budget_bytes,
                                  custcap_progress progress, void *context,
                                  int *more, custcap_error *error);
/* Put recent rows into columns where there are enough of them. */
custcap_status cc_ledger_tend(custcap_ledger *ledger, custcap_error *error);
/* One record of its own: a mark. */
custcap_status cc_ledger_mark(custcap_ledger *ledger, int32_t kind,
                              int32_t day, int64_t position, int64_t party,
                              const char *digest, cc_head *head,
                              custcap_error *error);

/* Numbers for this batch, provisional when new.  Keys longer than
 * CC_HOST_KEY_BYTES_MAX are a LIMIT. */
enum { CC_HOST_KEY_BYTES_MAX = 1024, CC_CODE_BYTES_MAX = 255,
       CC_TEXT_BYTES_MAX = 65536 };
custcap_status cc_batch_party(custcap_batch *batch, cc_text key,
                              const cc_key *hash, int64_t *party,
                              custcap_error *error);
cc_text cc_batch_host_key(const custcap_batch *batch,
                          const cc_new_party *party);
/* The key of the nth row, from 0, that an entry with a key was cut into. */
cc_key cc_key_of_part(cc_key key, int64_t nth);

/* Before anything is added: the handle, the numbers, the source. */
custcap_status cc_batch_check(custcap_batch *batch, custcap_error *error);
custcap_status cc_batch_word(custcap_batch *batch, cc_word_kind kind,
                             cc_text text, int64_t *word,
                             custcap_error *error);
void cc_batch_forget_results(custcap_batch *batch);
/* The records are out, what became of them stays. */
void cc_batch_spend(custcap_batch *batch);

#endif
