-- title: A touchpoint says its journey, and its numbers are numbers
-- version: 1
-- formula: a defined object touchpoint.NAME has a journey in its data;
--   standard, tolerance and target are decimals of at most 6 digits after the
--   point, influence of at most 3, order is an integer; its roles and the
--   roles of its key are roles
-- source: REQUIREMENTS.md D-19 D-20 B-24
-- requirements: B-24 D-19 D-20
-- column: severity text none - refuse
-- column: code text none - definition-touchpoint
-- column: record text none - the definition
-- column: reason text none - what is wrong
-- needs: definition
WITH made AS MATERIALIZED (
    SELECT row, code, data
    FROM pending_definition
    WHERE kind = 'object' AND substr(code, 1, 11) = 'touchpoint.'
        AND json_valid(data)
),
wrong AS MATERIALIZED (
    SELECT row, code || ' has no journey in its data' AS reason
    FROM made
    WHERE instr(substr(code, 12), '.') = 0
        AND json_type(data, '$.journey') IS NOT 'text'
        AND json_extract(data, '$.off') IS NOT 1
    UNION ALL
    SELECT row, code || ': ' || key || ' is ' || CAST(value AS TEXT)
        || ' where a number was expected'
    FROM made JOIN json_each(made.data)
    WHERE key IN ('standard', 'tolerance', 'target', 'influence', 'order')
        AND (type NOT IN ('integer', 'real')
            OR (key = 'order' AND type <> 'integer'))
    UNION ALL
    SELECT row, code || ': ' || key || ' has more digits after the point '
        || 'than the ' || most || ' there is room for'
    FROM (SELECT row, code, key, made.data -> ('$.' || key) AS text,
            iif(key = 'influence', 3, 6) AS most
        FROM made JOIN json_each(made.data)
        WHERE type = 'real'
            AND key IN ('standard', 'tolerance', 'target', 'influence'))
    WHERE instr(lower(text), 'e') > 0
        OR length(text) - instr(text, '.') > most
    UNION ALL
    SELECT row, code || ': ' || part.value || ' where a role was expected'
    FROM made JOIN json_each(made.data) AS member
    JOIN json_each(member.value) AS part
    WHERE member.key IN ('roles', 'key') AND member.type = 'array'
        AND NOT is_a('role', part.value, part.value)
        AND NOT EXISTS (
            SELECT 1 FROM pending_definition
            WHERE kind = 'role' AND pending_definition.code = part.value
        )
)
SELECT 'refuse' AS severity, 'definition-touchpoint' AS code,
    'definition ' || row AS record, reason
FROM wrong
ORDER BY row, reason
