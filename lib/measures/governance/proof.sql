-- title: Proof of a party's consents
-- version: 1
-- uses: governance.consent
-- formula: everything a party ever said about purposes, in the order of time:
--   nothing is deleted when consent is withdrawn; decides is 1 for the record
--   that governance.consent goes by
-- source: VOCABULARY.md "Consent"
-- requirements: A-13 C-17
-- window: none
-- shards: no
-- parameter: party party - whose
-- column: instant instant key - when, UTC
-- column: record id key - which record
-- column: purpose text none - what for
-- column: given int64 none - 1: given, 0: withdrawn
-- column: wording text none - version of the wording
-- column: wording_hash text none - and its hash
-- column: method text none - how
-- column: evidence text none - where the proof is, nothing once erased
-- column: expiry day none - the first day on which it is no more
-- column: decides int64 none - 1: what counts now
SELECT instant, id AS record, purpose, given, wording, wording_hash, method,
    evidence, expiry,
    id IN (SELECT proof FROM governance_consent) AS decides
FROM consent
WHERE party = :party
