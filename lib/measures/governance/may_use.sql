-- title: May a party's data be used for a purpose?
-- version: 1
-- formula: yes where the consent of that party for exactly this purpose is
--   given at the moment, as governance.consent says
-- source: REQUIREMENTS.md A-13
-- requirements: A-13
-- window: none
-- shards: no
-- parameter: party party - whose
-- parameter: purpose text - what for
-- column: party party key - who
-- column: purpose text key - what for
-- column: allowed int64 none - 1 or 0
-- column: state text none - given, withdrawn, expired or never asked
-- column: since day none - the day it was said
-- column: expiry day none - the first day on which it is no more
-- column: proof id none - the record
WITH merged AS MATERIALIZED (
    SELECT max(instant) AS instant
    FROM link
    WHERE party = :party AND (until IS NULL OR until > :as_of)
),
placed AS MATERIALIZED (
    SELECT id, origin, consent.instant, day, given, expiry,
        consent.instant >= coalesce(merged.instant, consent.instant)
            AS since_merge
    FROM consent CROSS JOIN merged
    WHERE party = :party AND purpose = :purpose
),
latest AS MATERIALIZED (
    SELECT *, row_number() OVER (
            PARTITION BY since_merge, iif(since_merge, 0, origin)
            ORDER BY instant DESC, given,
                coalesce(expiry, 9223372036854775807), id DESC) AS nth
    FROM placed
),
deciding AS MATERIALIZED (
    SELECT *, row_number() OVER (
            ORDER BY since_merge DESC, given,
                coalesce(expiry, 9223372036854775807), instant DESC,
                id DESC) AS first
    FROM latest
    WHERE nth = 1
)
SELECT :party AS party, :purpose AS purpose,
    coalesce(given = 1 AND (expiry IS NULL OR expiry > :as_of), 0)
        AS allowed,
    CASE WHEN id IS NULL THEN 'never asked'
        WHEN given = 0 THEN 'withdrawn'
        WHEN expiry <= :as_of THEN 'expired'
        ELSE 'given' END AS state,
    day AS since, expiry, id AS proof
FROM (SELECT 1) LEFT JOIN deciding ON first = 1
