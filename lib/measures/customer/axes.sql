-- title: Where a party stands on every axis
-- version: 1
-- formula: legal form, flow (customer.flow), circle (customer.circle, preset
--   threshold), role and stage toward the company: of the roles in force the
--   one begun last (of those the one with a stage), layer and side of it
-- source: VOCABULARY.md "Axes first"
-- requirements: B-02 E-02
-- window: none
-- column: party party key - who
-- column: form text none - legal form
-- column: role text none - the role begun last
-- column: stage text none - its stage
-- column: flow text none - explicit, implicit, mixed
-- column: circle text none - core, base, outer
-- column: layer text none - core, customer, partner, environment
-- column: side text none - demand or supply
WITH playing AS MATERIALIZED (
    SELECT party, role, stage,
        row_number() OVER (
            PARTITION BY party ORDER BY stage IS NULL, day DESC, role
        ) AS place,
        min(0 + word_member('role', role, 'circle'))
            OVER (PARTITION BY party) AS circle
    FROM role_interval('us')
    WHERE holds = 1
),
near AS MATERIALIZED (
    SELECT party, circle, known FROM customer_circle
)
SELECT customer_fact.party, customer_fact.form, playing.role, playing.stage,
    CASE
        WHEN revenue > 0 AND indirect_count > 0 THEN 'mixed'
        WHEN revenue > 0 THEN 'explicit'
        WHEN indirect_count > 0 THEN 'implicit'
    END AS flow,
    CASE CASE WHEN near.known = 1 THEN near.circle
            ELSE coalesce(playing.circle, 3) END
        WHEN 1 THEN 'core' WHEN 2 THEN 'base' ELSE 'outer' END AS circle,
    word_member('role', playing.role, 'layer') AS layer,
    word_member('role', playing.role, 'side') AS side
FROM customer_fact
JOIN near ON near.party = customer_fact.party
LEFT JOIN playing ON playing.party = customer_fact.party
    AND playing.place = 1
