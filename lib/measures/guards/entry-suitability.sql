-- title: No sale above the customer's tolerance of risk
-- version: 1
-- formula: a positive revenue entry of a line whose data has a risk is
--   refused where the party's latest reading of the object risk-tolerance is
--   below it, or there is none
-- source: REQUIREMENTS.md C-08
-- requirements: C-08
-- column: severity text none - refuse
-- column: code text none - entry-suitability
-- column: record text none - the entry
-- column: reason text none - both levels
-- needs: data risk of line of entry
WITH asked AS MATERIALIZED (
    SELECT row, party, line, day, word_member('line', line, 'risk') AS risk
    FROM pending_entry
    WHERE book = 'revenue' AND amount > 0 AND line IS NOT NULL
        AND word_member('line', line, 'risk') IS NOT NULL
),
levels AS MATERIALIZED (
    SELECT asked.row, event.number,
        row_number() OVER (
            PARTITION BY asked.row
            ORDER BY event.instant DESC, event.id DESC
        ) AS nth
    FROM asked JOIN event ON event.party = asked.party
    WHERE event.kind = 'reading' AND event.object = 'risk-tolerance'
        AND event.number IS NOT NULL AND event.number_scale = 0
        AND event.day <= asked.day
)
SELECT 'refuse' AS severity, 'entry-suitability' AS code,
    'entry ' || asked.row AS record,
    asked.line || ' has the risk ' || asked.risk || ', '
        || coalesce(party_key(asked.party), '#' || asked.party)
        || coalesce(' tolerates ' || levels.number,
            ' has no recorded tolerance') AS reason
FROM asked LEFT JOIN levels ON levels.row = asked.row AND levels.nth = 1
WHERE levels.number IS NULL OR levels.number < asked.risk
ORDER BY asked.row
