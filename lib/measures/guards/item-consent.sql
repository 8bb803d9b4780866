-- title: Data is contributed with consent
-- version: 1
-- formula: an item whose kind has "consent" in its data (a purpose) is
--   refused unless its party's consent for that purpose is live when it
--   comes in: the latest record by instant gives it, and it has not expired
--   (the day of expiry is the first without); of merged parties, every one
--   that ever said anything about it
-- source: VOCABULARY.md "Contributions" (data), "Consent"
-- requirements: A-01 A-13
-- column: severity text none - refuse
-- column: code text none - item-consent
-- column: record text none - the item
-- column: reason text none - which purpose
-- needs: data consent of kind of item
WITH asked AS MATERIALIZED (
    SELECT row, party, kind, day, instant,
        word_member('item', kind, 'consent') AS purpose
    FROM pending_item
    WHERE word_member('item', kind, 'consent') IS NOT NULL
),
said AS MATERIALIZED (
    SELECT consent.party, consent.origin, consent.purpose, consent.instant,
        consent.id, consent.given, consent.expiry
    FROM (SELECT DISTINCT party FROM asked) AS who
    CROSS JOIN consent ON consent.party = who.party
    UNION ALL
    SELECT party, origin, purpose, instant, id, given, expiry
    FROM pending_consent
),
latest AS MATERIALIZED (
    SELECT asked.row, said.given = 1 AND (said.expiry IS NULL
            OR said.expiry > asked.day) AS live,
        row_number() OVER (PARTITION BY asked.row, said.origin
            ORDER BY said.instant DESC, said.id DESC) AS nth
    FROM asked JOIN said ON said.party = asked.party
    WHERE said.purpose = asked.purpose AND said.instant <= asked.instant
),
judged AS MATERIALIZED (
    SELECT asked.row, asked.party, asked.kind, asked.purpose, asked.day,
        min(latest.live) AS live
    FROM asked LEFT JOIN latest
        ON latest.row = asked.row AND latest.nth = 1
    GROUP BY asked.row
)
SELECT 'refuse' AS severity, 'item-consent' AS code,
    'item ' || row AS record,
    kind || ' needs the live consent of '
        || coalesce(party_key(party), '#' || party, 'a party') || ' for '
        || purpose || ' on ' || day_text(day) || ', which '
        || iif(live IS NULL, 'was never given', 'is withdrawn or expired')
        AS reason
FROM judged
WHERE coalesce(live, 0) = 0
ORDER BY row
