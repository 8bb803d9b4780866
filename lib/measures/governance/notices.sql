-- title: Who was told what their data is for
-- version: 1
-- uses: governance.consent
-- formula: of every party and purpose that is consented to or of which notice
--   was given (an event `notice` whose object is the purpose and whose word
--   is the version of the notice): the last version given, and whether it is
--   the one that the purpose's data names as its `notice` at the moment
-- source: REQUIREMENTS.md C-17
-- requirements: C-17
-- window: none
-- shards: no
-- column: party party key - who
-- column: purpose text key - what for
-- column: consent text none - given, withdrawn or expired
-- column: notice text none - the version given last
-- column: day day none - when
-- column: in_force text none - the version in force
-- column: current int64 none - 1: they are the same
WITH told AS MATERIALIZED (
    SELECT party, object AS purpose, word, day, row_number() OVER (
            PARTITION BY party, object ORDER BY instant DESC, id DESC) AS nth
    FROM event
    WHERE is_a('event', kind, 'notice') AND object IS NOT NULL
        AND (:party IS NULL OR party = :party)
),
pairs AS MATERIALIZED (
    SELECT party, purpose FROM governance_consent
    UNION SELECT party, purpose FROM told
)
SELECT pairs.party, pairs.purpose, governance_consent.state AS consent,
    told.word AS notice, told.day,
    CAST(word_member('purpose', pairs.purpose, 'notice') AS TEXT)
        AS in_force,
    coalesce(told.word = CAST(word_member('purpose', pairs.purpose,
        'notice') AS TEXT), 0) AS current
FROM pairs
LEFT JOIN governance_consent
    ON governance_consent.party = pairs.party
        AND governance_consent.purpose = pairs.purpose
LEFT JOIN told ON told.party = pairs.party
    AND told.purpose = pairs.purpose AND told.nth = 1
