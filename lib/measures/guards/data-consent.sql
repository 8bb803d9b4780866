-- title: No use of data without consent
-- version: 1
-- formula: an event of a kind (such as use.analytics) or about an object, an
--   item of a kind (such as contribution.data), or an entry of a code whose
--   data has a consent needs a live consent of its party to that purpose on
--   its day; merged parties as governance.consent says
-- source: REQUIREMENTS.md A-13; VOCABULARY.md "Consent"
-- requirements: A-13
-- column: severity text none - refuse
-- column: code text none - event-consent, item-consent or entry-consent
-- column: record text none - the event, item or entry
-- column: reason text none - which consent is missing
-- needs: data consent of kind of event
-- needs: data consent of object of event
-- needs: data consent of kind of item
-- needs: data consent of code of entry
WITH used AS (
    SELECT 'event' AS record, row, party, day, instant, 'event' AS word,
        kind AS what
    FROM pending_event
    UNION
    SELECT 'event', row, party, day, instant, 'object', object
    FROM pending_event WHERE object IS NOT NULL
    UNION ALL
    SELECT 'item', row, party, day, instant, 'item', kind
    FROM pending_item
    UNION ALL
    SELECT 'entry', row, party, day, instant, 'code', code
    FROM pending_entry
),
asked AS MATERIALIZED (
    SELECT record, row, party, day, instant, what,
        word_member(word, what, 'consent', day) AS purpose
    FROM used
    WHERE party IS NOT NULL AND party <> 1
        AND word_member(word, what, 'consent', day) IS NOT NULL
),
merged AS MATERIALIZED (
    SELECT party, max(instant) AS instant
    FROM link
    WHERE until IS NULL
    GROUP BY party
),
said AS MATERIALIZED (
    SELECT asked.record, asked.row, asked.purpose, consent.origin,
        consent.instant,
        consent.given,
        consent.expiry, consent.instant
            >= coalesce((SELECT instant FROM merged
                WHERE merged.party = asked.party), consent.instant)
            AS since_merge
    FROM asked CROSS JOIN consent ON consent.party = asked.party
    WHERE consent.purpose = asked.purpose
        AND consent.instant <= asked.instant
    UNION ALL
    SELECT asked.record, asked.row, asked.purpose, 0, pending_consent.instant,
        pending_consent.given,
        pending_consent.expiry, 1
    FROM asked JOIN pending_consent ON pending_consent.party = asked.party
    WHERE pending_consent.purpose = asked.purpose
        AND pending_consent.instant <= asked.instant
),
latest AS MATERIALIZED (
    SELECT *, row_number() OVER (
            PARTITION BY record, row, purpose, since_merge,
                iif(since_merge, 0, origin)
            ORDER BY instant DESC, given,
                coalesce(expiry, 9223372036854775807)) AS nth
    FROM said
),
deciding AS MATERIALIZED (
    SELECT record, row, purpose, given, expiry, row_number() OVER (
            PARTITION BY record, row, purpose
            ORDER BY since_merge DESC, given,
                coalesce(expiry, 9223372036854775807)) AS first
    FROM latest
    WHERE nth = 1
)
SELECT 'refuse' AS severity, asked.record || '-consent' AS code,
    asked.record || ' ' || asked.row AS record,
    asked.what || ' uses data of '
        || coalesce(party_key(asked.party), '#' || asked.party) || ' for '
        || asked.purpose || CASE
            WHEN deciding.given IS NULL THEN ', consent to which was never '
                || 'given'
            WHEN deciding.given = 0 THEN ', consent to which was withdrawn'
            ELSE ', consent to which expired on '
                || day_text(deciding.expiry) END AS reason
FROM asked
LEFT JOIN deciding ON deciding.record = asked.record
    AND deciding.row = asked.row
    AND deciding.purpose = asked.purpose AND deciding.first = 1
WHERE deciding.given IS NULL OR deciding.given = 0
    OR deciding.expiry <= asked.day
ORDER BY asked.record, asked.row, asked.purpose
