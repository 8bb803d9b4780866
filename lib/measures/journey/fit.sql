-- title: Messages that fit whom they are for
-- version: 1
-- formula: a message (an event message.KIND) fits where the rule messages
--   lists its kind for one of the roles the party played then (the nearest
--   role above that has a list), and, where there is a list for its legal
--   form, there too. Without any list, or for a kind that no list names, there
--   is nothing to hold it against
-- source: REQUIREMENTS.md C-12; VOCABULARY.md "Roles" (how to speak to them)
-- requirements: C-12
-- window: none
-- shards: yes
-- column: message text key - kind of message
-- column: sent int64 sum - to parties that some list is for
-- column: fitting ratio ratio - that fit, of those
-- column: unjudged int64 sum - sent where there is no list
WITH known AS MATERIALIZED (
    SELECT party, form FROM party
),
sent AS MATERIALIZED (
    SELECT event.id, event.party, event.instant, event.kind, event.day,
        substr(event.kind, 9) AS message, known.form
    FROM event CROSS JOIN known ON known.party = event.party
    WHERE is_a('event', event.kind, 'message') AND event.kind <> 'message'
        AND (:from IS NULL OR event.day >= :from)
        AND (:to IS NULL OR event.day < :to)
),
rule AS MATERIALIZED (
    SELECT word_member('rule', 'messages', 'roles') AS roles,
        word_member('rule', 'messages', 'forms') AS forms
),
listed AS MATERIALIZED (
    SELECT key AS role, value AS list
    FROM rule JOIN json_each(coalesce(rule.roles, '{}'))
),
nearest AS MATERIALIZED (
    SELECT role, list FROM (
        SELECT played.role, listed.list, row_number() OVER (
                PARTITION BY played.role
                ORDER BY length(listed.role) DESC) AS nth
        FROM (SELECT DISTINCT role FROM role) AS played
        JOIN listed ON is_a('role', played.role, listed.role))
    WHERE nth = 1
),
by_role AS MATERIALIZED (
    SELECT sent.id,
        max(instr(nearest.list, '"' || sent.message || '"') > 0) AS fits
    FROM sent
    JOIN role ON role.party = sent.party
    JOIN nearest ON nearest.role = role.role
    WHERE role.instant <= sent.instant
        AND (role.until_instant IS NULL
            OR role.until_instant > sent.instant)
    GROUP BY sent.id
),
judged AS MATERIALIZED (
    SELECT sent.kind, iif(listed, by_role.fits, NULL) AS by_role,
        iif(listed, (SELECT instr(value, '"' || sent.message || '"') > 0
            FROM rule JOIN json_each(coalesce(rule.forms, '{}'))
            WHERE key = sent.form), NULL) AS by_form
    FROM (SELECT sent.id, sent.kind, sent.message, sent.form,
            instr(coalesce(rule.roles, '') || coalesce(rule.forms, ''),
                '"' || sent.message || '"') > 0 AS listed
        FROM sent CROSS JOIN rule) AS sent
    LEFT JOIN by_role ON by_role.id = sent.id
),
counted AS MATERIALIZED (
    SELECT kind AS message,
        count(iif(by_role IS NULL AND by_form IS NULL, NULL, 1)) AS sent,
        count(iif((by_role IS NOT NULL OR by_form IS NOT NULL)
            AND coalesce(by_role, 1) AND coalesce(by_form, 1), 1, NULL))
            AS fitting,
        count(iif(by_role IS NULL AND by_form IS NULL, 1, NULL)) AS unjudged
    FROM judged
    GROUP BY kind
)
SELECT message, sent, fitting AS fitting_num, sent AS fitting_den, unjudged
FROM counted
