-- title: Who accepted the ethics code in force
-- version: 1
-- uses: governance.consent
-- formula: a consent to the purpose ethics-code accepts the version that is
--   its wording; current is 1 where that is the version in force at the
--   moment and was not withdrawn. Those who contributed without accepting
--   anything are listed, too
-- source: REQUIREMENTS.md A-26
-- requirements: A-26
-- window: none
-- shards: no
-- column: party party key - who
-- column: accepted text none - the version accepted last
-- column: since day none - on which day
-- column: in_force text none - the version in force
-- column: current int64 sum - 1: they are the same
WITH rule AS MATERIALIZED (
    SELECT CAST(word_member('rule', 'ethics-code', 'version') AS TEXT)
        AS version, word_member('rule', 'ethics-items', 'items') AS items
),
accepted AS MATERIALIZED (
    SELECT party, wording, since, state
    FROM governance_consent
    WHERE purpose = 'ethics-code'
),
governed AS MATERIALIZED (
    SELECT DISTINCT item.party
    FROM rule CROSS JOIN item
    WHERE item.party IS NOT NULL AND item.party <> 1
        AND (:party IS NULL OR item.party = :party) AND EXISTS (
        SELECT 1 FROM json_each(rule.items)
        WHERE is_a('item', item.kind, value))
),
all_of_them AS MATERIALIZED (
    SELECT party FROM accepted UNION SELECT party FROM governed
)
SELECT all_of_them.party,
    iif(accepted.state = 'given', accepted.wording, NULL) AS accepted,
    accepted.since, rule.version AS in_force,
    coalesce(accepted.state = 'given'
        AND accepted.wording = rule.version, 0) AS current
FROM all_of_them CROSS JOIN rule
LEFT JOIN accepted ON accepted.party = all_of_them.party
