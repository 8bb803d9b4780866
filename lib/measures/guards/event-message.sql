-- title: A message fits whom it is for
-- version: 1
-- formula: as journey.fit: one of the roles the party plays then has the kind
--   of message in its list of the rule messages (the nearest role above that
--   has a list), and so has its legal form, where there is a list for that.
--   A kind that no list names is not judged
-- source: REQUIREMENTS.md C-12
-- requirements: C-12
-- column: severity text none - warn
-- column: code text none - event-message
-- column: record text none - the event
-- column: reason text none - to whom it does not fit
-- needs: below message of kind of event
WITH rule AS MATERIALIZED (
    SELECT word_member('rule', 'messages', 'roles') AS roles,
        word_member('rule', 'messages', 'forms') AS forms
),
sent AS MATERIALIZED (
    SELECT row, party, instant, kind, substr(kind, 9) AS message
    FROM pending_event CROSS JOIN rule
    WHERE is_a('event', kind, 'message') AND kind <> 'message'
        AND instr(coalesce(rule.roles, '') || coalesce(rule.forms, ''),
            '"' || substr(kind, 9) || '"') > 0
),
listed AS MATERIALIZED (
    SELECT key AS role, value AS list
    FROM rule JOIN json_each(coalesce(rule.roles, '{}'))
),
plays AS MATERIALIZED (
    SELECT DISTINCT sent.row, role.role
    FROM sent CROSS JOIN role ON role.party = sent.party
    WHERE role.instant <= sent.instant
        AND (role.until_instant IS NULL
            OR role.until_instant > sent.instant)
),
nearest AS MATERIALIZED (
    SELECT role, list FROM (
        SELECT played.role, listed.list, row_number() OVER (
                PARTITION BY played.role
                ORDER BY length(listed.role) DESC) AS nth
        FROM (SELECT DISTINCT role FROM plays) AS played
        JOIN listed ON is_a('role', played.role, listed.role))
    WHERE nth = 1
),
by_role AS MATERIALIZED (
    SELECT plays.row,
        max(instr(nearest.list, '"' || sent.message || '"') > 0) AS fits
    FROM plays JOIN nearest ON nearest.role = plays.role
    JOIN sent ON sent.row = plays.row
    GROUP BY plays.row
),
known AS MATERIALIZED (
    -- a few are looked up one by one, many in one walk
    SELECT party.party, party.form
    FROM (SELECT DISTINCT party FROM sent) AS who
    CROSS JOIN party ON party.party = who.party
    WHERE (SELECT count(*) FROM sent) <= 64
    UNION ALL
    SELECT party, form FROM party
    WHERE (SELECT count(*) FROM sent) > 64
),
fresh AS MATERIALIZED (
    -- a party that the batch itself makes is not among the parties yet
    SELECT party, form, max(row) FROM pending_party
    WHERE form <> 'unknown'
    GROUP BY party
),
lists AS MATERIALIZED (
    SELECT key AS form, value AS list
    FROM rule JOIN json_each(coalesce(rule.forms, '{}'))
),
judged AS MATERIALIZED (
    SELECT sent.row, sent.party, sent.kind, lists.form,
        by_role.fits AS by_role,
        instr(lists.list, '"' || sent.message || '"') > 0 AS by_form
    FROM sent
    LEFT JOIN by_role ON by_role.row = sent.row
    LEFT JOIN known ON known.party = sent.party
    LEFT JOIN fresh ON fresh.party = sent.party
    LEFT JOIN lists ON lists.form = coalesce(fresh.form, known.form)
)
SELECT 'warn' AS severity, 'event-message' AS code,
    'event ' || row AS record,
    kind || ' is not for ' || coalesce(party_key(party), '#' || party)
        || ': the rule messages does not list it for '
        || CASE WHEN by_form = 0 THEN 'the legal form ' || form
            ELSE 'a role played' END AS reason
FROM judged
WHERE by_role = 0 OR by_form = 0
ORDER BY row
