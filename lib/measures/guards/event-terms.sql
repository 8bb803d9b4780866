-- title: Shares in an item sum to exactly 1
-- version: 1
-- formula: the events below `terms` that one batch has about one item and
--   version (object) are one record: number is each party's share, from 0 to
--   1 with up to 6 digits; they sum to exactly 1, and the party that brought
--   the item is among them. A later record is another version
-- source: VOCABULARY.md "Contributions" (IP record); REQUIREMENTS.md A-26
-- requirements: A-26
-- column: severity text none - refuse
-- column: code text none - event-terms
-- column: record text none - the last event of the record
-- column: reason text none - what it comes to
-- needs: data terms of kind of event
WITH terms AS MATERIALIZED (
    SELECT row, party, item, object, kind, number,
        coalesce(number_scale, 0) AS scale,
        CASE coalesce(number_scale, 0)
            WHEN 0 THEN 1000000 WHEN 1 THEN 100000 WHEN 2 THEN 10000
            WHEN 3 THEN 1000 WHEN 4 THEN 100 WHEN 5 THEN 10 WHEN 6 THEN 1
        END AS factor
    FROM pending_event
    WHERE is_a('event', kind, 'terms')
),
shares AS MATERIALIZED (
    SELECT row, party, item, object,
        CASE WHEN factor IS NOT NULL AND number >= 0
                AND number <= 1000000 / factor THEN number * factor
        END AS share,
        decimal_text(number, scale) AS text
    FROM terms
),
records AS MATERIALIZED (
    SELECT item, object, max(row) AS row, sum(share) AS total
    FROM shares
    WHERE item IS NOT NULL
    GROUP BY item, object
),
items AS MATERIALIZED (
    SELECT item.id, item.party
    FROM (SELECT DISTINCT item FROM records) AS asked
    CROSS JOIN item ON item.id = asked.item
    UNION ALL
    SELECT id, party FROM pending_item
    WHERE id IN (SELECT item FROM records)
),
known AS MATERIALIZED (
    SELECT event.item, event.object
    FROM (SELECT DISTINCT coalesce(party, 1) AS party FROM items) AS who
    CROSS JOIN event ON event.party = who.party
    WHERE is_a('event', event.kind, 'terms') AND event.item IS NOT NULL
)
SELECT 'refuse' AS severity, 'event-terms' AS code,
    'event ' || row AS record,
    CASE WHEN item IS NULL THEN 'a share without an item to share in'
        ELSE 'the share of ' || coalesce(party_key(party), '#' || party)
            || ' is ' || text
            || '; a share is a number from 0 to 1 with up to 6 digits'
    END AS reason
FROM shares
WHERE item IS NULL OR share IS NULL
UNION ALL
SELECT 'refuse', 'event-terms', 'event ' || row,
    'the shares in ' || id_text(item) || ' come to '
        || decimal_text(total, 6) || ', not to 1'
FROM records
WHERE total <> 1000000
UNION ALL
SELECT 'refuse', 'event-terms', 'event ' || records.row,
    'the terms of ' || id_text(records.item)
        || ' say nothing of the party that brought it, '
        || coalesce(party_key(coalesce(items.party, 1)),
            '#' || coalesce(items.party, 1)) || ' (its share may be 0)'
FROM records JOIN items ON items.id = records.item
WHERE NOT EXISTS (
    SELECT 1 FROM shares
    WHERE shares.item = records.item AND shares.object IS records.object
        AND shares.party = coalesce(items.party, 1))
UNION ALL
SELECT 'refuse', 'event-terms', 'event ' || records.row,
    'the terms of ' || id_text(records.item) || ' in the version '
        || coalesce(records.object, '(none)')
        || ' are there already; later ones name another version as object'
FROM records
WHERE EXISTS (
    SELECT 1 FROM known
    WHERE known.item = records.item AND known.object IS records.object)
