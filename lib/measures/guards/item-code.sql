-- title: Who takes part has accepted the code in force
-- version: 1
-- formula: an item of a kind that the rule ethics-items lists, or below it,
--   needs a live consent of its party to the purpose ethics-code whose
--   wording is the version of the rule ethics-code in force on the item's
--   day; while that rule has no version nothing is asked
-- source: REQUIREMENTS.md A-26
-- requirements: A-26
-- column: severity text none - refuse
-- column: code text none - item-code
-- column: record text none - the item
-- column: reason text none - which version was accepted
-- needs: item
WITH asked AS MATERIALIZED (
    SELECT row, party, day, instant, kind,
        CAST(word_member('rule', 'ethics-code', 'version', day) AS TEXT)
            AS version,
        word_member('rule', 'ethics-items', 'items', day) AS items
    FROM pending_item
    WHERE party IS NOT NULL AND party <> 1
        AND word_member('rule', 'ethics-code', 'version', day) IS NOT NULL
),
kinds AS MATERIALIZED (
    SELECT kind, items
    FROM (SELECT DISTINCT kind, items FROM asked) AS met
    WHERE EXISTS (
        SELECT 1 FROM json_each(met.items) AS listed
        WHERE is_a('item', met.kind, listed.value)
    )
),
governed AS MATERIALIZED (
    SELECT row, party, day, instant, version
    FROM asked JOIN kinds USING (kind, items)
),
said AS MATERIALIZED (
    SELECT governed.row, consent.instant, consent.given, consent.expiry,
        consent.wording
    FROM governed CROSS JOIN consent ON consent.party = governed.party
    WHERE consent.purpose = 'ethics-code'
        AND consent.instant <= governed.instant
    UNION ALL
    SELECT governed.row, pending_consent.instant, pending_consent.given,
        pending_consent.expiry, pending_consent.wording
    FROM governed
    JOIN pending_consent ON pending_consent.party = governed.party
    WHERE pending_consent.purpose = 'ethics-code'
        AND pending_consent.instant <= governed.instant
),
latest AS MATERIALIZED (
    SELECT *, row_number() OVER (
            PARTITION BY row
            ORDER BY instant DESC, given,
                coalesce(expiry, 9223372036854775807)) AS nth
    FROM said
)
SELECT 'refuse' AS severity, 'item-code' AS code,
    'item ' || governed.row AS record,
    coalesce(party_key(governed.party), '#' || governed.party)
        || CASE
            WHEN latest.given IS NULL THEN ' has accepted no ethics code'
            WHEN latest.given = 0 THEN ' has taken back the ethics code'
            WHEN latest.expiry <= governed.day
                THEN ' accepted the ethics code until '
                    || day_text(latest.expiry)
            ELSE ' accepted version ' || coalesce(latest.wording, '?')
                || ' of the ethics code' END
        || '; in force is ' || governed.version AS reason
FROM governed
LEFT JOIN latest ON latest.row = governed.row AND latest.nth = 1
WHERE latest.given IS NULL OR latest.given = 0
    OR latest.expiry <= governed.day
    OR latest.wording IS NULL OR latest.wording <> governed.version
ORDER BY governed.row
