-- title: What may be offered to a customer
-- version: 1
-- formula: every product line whose data has a risk or a list of roles: by
--   risk, eligible where the line's risk is at most the party's tolerance,
--   its latest reading of the object risk-tolerance (without one, nothing
--   that has a risk); by roles, where the party plays one of them, or one
--   below. reason says what is missing
-- source: REQUIREMENTS.md C-08 C-15
-- requirements: C-08 C-15
-- window: none
-- shards: no
-- parameter: party party - to whom
-- column: line text key - the offer
-- column: eligible int64 none - 1 where it may be offered
-- column: risk int64 none - of the line
-- column: tolerance int64 none - of the party
-- column: reason text none - why not
WITH lines AS MATERIALIZED (
    SELECT code, word_member('line', code, 'risk') AS risk,
        word_member('line', code, 'roles') AS roles
    FROM definition
    WHERE kind = 'line'
    GROUP BY code
),
tolerances AS MATERIALIZED (
    SELECT number, row_number() OVER (ORDER BY instant DESC, id DESC) AS nth
    FROM event
    WHERE party = :party AND kind = 'reading' AND object = 'risk-tolerance'
        AND number IS NOT NULL AND number_scale = 0
),
tolerance AS MATERIALIZED (
    SELECT (SELECT number FROM tolerances WHERE nth = 1) AS level
),
plays AS MATERIALIZED (
    SELECT DISTINCT role FROM role
    WHERE party = :party AND (until IS NULL OR until > :as_of)
),
fits AS MATERIALIZED (
    SELECT lines.code, lines.risk, lines.roles,
        lines.risk IS NULL OR lines.risk <= coalesce(tolerance.level, -1)
            AS by_risk,
        lines.roles IS NULL OR EXISTS (
            SELECT 1 FROM plays
            WHERE instr(lines.roles, '"' || plays.role || '"') > 0
                OR (instr(plays.role, '.') > 0 AND instr(lines.roles,
                    '"' || substr(plays.role, 1,
                        instr(plays.role, '.') - 1) || '"') > 0)
        ) AS by_role,
        tolerance.level AS tolerance
    FROM lines CROSS JOIN tolerance
    WHERE lines.risk IS NOT NULL OR lines.roles IS NOT NULL
)
SELECT code AS line, by_risk AND by_role AS eligible, risk, tolerance,
    CASE
        WHEN by_risk AND by_role THEN NULL
        WHEN NOT by_risk AND tolerance IS NULL
            THEN 'no risk tolerance is recorded'
        WHEN NOT by_risk THEN 'its risk ' || risk
            || ' is above the tolerance ' || tolerance
        ELSE 'none of the roles it is for is played'
    END AS reason
FROM fits
