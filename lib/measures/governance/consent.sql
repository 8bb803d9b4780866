-- title: Consent by party and purpose
-- version: 1
-- formula: the last that was said at the moment, of each party and purpose:
--   given, withdrawn, or expired from the day `expiry` on. Where parties were
--   merged, what was said since then decides; until something is, the most
--   restrictive of what each had said: withdrawn before given, the earlier
--   expiry before the later. At one instant a withdrawal wins
-- source: VOCABULARY.md "Consent"; REQUIREMENTS.md A-13
-- requirements: A-13
-- window: none
-- shards: no
-- parameter: party party? - only of this one
-- parameter: purpose text? - only this one
-- parameter: state text? - only given, withdrawn or expired
-- column: party party key - who
-- column: purpose text key - what for
-- column: state text none - given, withdrawn or expired
-- column: since day none - the day it was said
-- column: expiry day none - the first day on which it is no more
-- column: wording text none - version of the wording agreed to
-- column: wording_hash text none - and its hash
-- column: method text none - how it was given
-- column: evidence text none - where the proof is, nothing once erased
-- column: proof id none - the record
WITH merged AS MATERIALIZED (
    SELECT party, max(instant) AS instant
    FROM link
    WHERE until IS NULL OR until > :as_of
    GROUP BY party
),
placed AS MATERIALIZED (
    SELECT consent.id, consent.party, consent.origin, consent.purpose,
        consent.instant, consent.given, consent.expiry,
        consent.instant >= coalesce(merged.instant, consent.instant)
            AS since_merge
    FROM consent LEFT JOIN merged ON merged.party = consent.party
    WHERE (:purpose IS NULL OR consent.purpose = :purpose)
        AND (:party IS NULL OR consent.party = :party)
),
latest AS MATERIALIZED (
    SELECT id, party, purpose, instant, given, expiry, since_merge,
        row_number() OVER (
            PARTITION BY party, purpose, since_merge,
                iif(since_merge, 0, origin)
            ORDER BY instant DESC, given,
                coalesce(expiry, 9223372036854775807), id DESC) AS nth
    FROM placed
),
deciding AS MATERIALIZED (
    -- most parties were never merged: theirs is decided already
    SELECT id, party, purpose, given, expiry, 1 AS first
    FROM latest
    WHERE nth = 1 AND party NOT IN (SELECT party FROM merged)
    UNION ALL
    SELECT id, party, purpose, given, expiry, row_number() OVER (
            PARTITION BY party, purpose
            ORDER BY since_merge DESC, given,
                coalesce(expiry, 9223372036854775807), instant DESC,
                id DESC)
    FROM latest
    WHERE nth = 1 AND party IN (SELECT party FROM merged)
),
states AS MATERIALIZED (
    SELECT deciding.party, deciding.purpose, deciding.id,
        CASE WHEN deciding.given = 0 THEN 'withdrawn'
            WHEN deciding.expiry <= :as_of THEN 'expired'
            ELSE 'given' END AS state
    FROM deciding
    WHERE first = 1
)
SELECT states.party, states.purpose, states.state, consent.day AS since,
    consent.expiry, consent.wording, consent.wording_hash, consent.method,
    consent.evidence, consent.id AS proof
FROM states JOIN consent ON consent.id = states.id
WHERE :state IS NULL OR states.state = :state
