/*
 * keys.h - which keys are in use: sorted runs of 64-bit fingerprints.
 *
 * Two lists share the method: the exactly-once keys of entries, events and
 * items (key -> record id) and the look-up hashes of host keys (hash ->
 * party record id).  Keys of recent batches are in memory (rebuilt from the
 * journal tail on open: positions after meta "keys_sealed", for parties
 * "keys_sealed_party"; host keys are read through the vault and hashed
 * again), older ones in runs: fingerprint = 64 mixed bits of the key,
 * sorted; value = the record id.  A run is pieces of 4096 keys: cc_pack'ed
 * fingerprints, then cc_pack'ed values; the fingerprints of a piece stay in
 * memory once it was asked for (8 bytes a key), the first of every piece is
 * kept apart (fence).  Tiers of ratio 8.
 * The fingerprint of a record's key is only a candidate: the caller confirms
 * it in the journal.  So equal fingerprints of different keys are allowed
 * for, and a look-up gives every candidate.
 * Of a host key the runs hold all 128 bits of its hash and whose it is, so a
 * party is found without its record.  The hash is keyed with the ledger's
 * secret: nobody can look for two keys with one hash, and by chance among
 * 10^9 keys there is a pair with probability 10^-21.
 */
#ifndef CC_PROJECTION_KEYS_H
#define CC_PROJECTION_KEYS_H

#include "store/store.h"

typedef enum cc_key_list {
    CC_KEYS_RECORD = 1, /* entries, events, items: by their key columns */
    CC_KEYS_PARTY       /* party records: lookup hash of (source, host key) */
} cc_key_list;

typedef struct cc_keys cc_keys; /* one list, of one connection's ledger */

/* Opens with what the file holds.  Call cc_keys_refresh at the start of a
 * transaction when another connection may have written; it costs little when
 * none has. */
custcap_status cc_keys_open(cc_store *store, cc_key_list list,
                            cc_keys **keys, custcap_error *error);
void cc_keys_free(cc_keys *keys);
custcap_status cc_keys_refresh(cc_keys *keys, custcap_error *error);

/* Look many keys up at once (sorted inside).  For each candidate calls
 * found(context, index of the key, record id); more than once a key where
 * fingerprints collide, or a host key was brought again after an erasure.
 * (0, 0) keys are passed over. */
typedef custcap_status (*cc_keys_found)(void *context, int64_t index,
                                        int64_t value, custcap_error *error);
custcap_status cc_keys_find(cc_keys *keys, const cc_key *wanted,
                            int64_t count, cc_keys_found found,
                            void *context, custcap_error *error);
/* The same of host keys, but found gets the number of the party: of whoever
 * has or had the key, erased ones too. */
custcap_status cc_keys_find_parties(cc_keys *keys, const cc_key *wanted,
                                    int64_t count, cc_keys_found found,
                                    void *context, custcap_error *error);
/* Remember keys of one batch, inside its write transaction, after it was
 * appended to the journal (which is their home until the in-memory part is
 * large and becomes a run).  May be called several times a batch, and left
 * out for a batch without keys.  ids: records of `position`; parties: whose
 * host keys they are, NULL for keys of records. */
custcap_status cc_keys_add(cc_keys *keys, int64_t position,
                           const cc_key *added, const int64_t *ids,
                           const int64_t *parties, int64_t count,
                           custcap_error *error);
/* After a transaction was rolled back in the store: forget what was added
 * since it began.  Touches no file. */
void cc_keys_rollback(cc_keys *keys);
/* Put the in-memory part into a run now and merge runs (seal, end of an
 * import).  All batches of the journal have been added.  What comes after
 * the last seal is read when the file is opened, so a commit now and then
 * should do this, even where there are no keys. */
custcap_status cc_keys_seal(cc_keys *keys, custcap_error *error);
/* The same where it costs nothing: when nothing came with keys since the
 * last seal, whoever opens the file need not read that to find none. */
custcap_status cc_keys_seal_empty(cc_keys *keys, custcap_error *error);
/* Forget all runs of both lists (rebuild); then refresh the lists in the same
 * transaction, which makes them anew out of the journal. */
custcap_status cc_keys_clear(cc_store *store, custcap_error *error);
/* Do the runs of both lists hold the keys of the journal up to where they are
 * sealed, all of them and nothing else?  Of erased parties, whose host keys
 * can't be read any more, runs may or may not hold what they held before.
 * CORRUPT says what is wrong.  In a transaction. */
custcap_status cc_keys_verify(cc_store *store, custcap_progress progress,
                              void *context, custcap_error *error);

#endif
