-- title: Profile attributes
-- version: 1
-- formula: the latest event `profile` of each party about each object: its
--   word, text or number
-- source: REQUIREMENTS C-02
-- requirements: C-02
-- window: none
-- parameter: attribute text? - only this one
-- parameter: value text? - only parties that have this value
-- column: party party key - who
-- column: attribute text key - the object of the event
-- column: value text none - what it is
-- column: day day max - since when
WITH latest AS MATERIALIZED (
    SELECT party, object AS attribute, day,
        coalesce(word, text, decimal_text(number, number_scale)) AS value,
        row_number() OVER (
            PARTITION BY party, object ORDER BY instant DESC, id DESC
        ) AS place
    FROM event
    WHERE is_a('event', kind, 'profile')
        AND (:attribute IS NULL OR object = :attribute)
)
SELECT party, attribute, value, day FROM latest
WHERE place = 1 AND attribute IS NOT NULL
    AND (:value IS NULL OR value = :value)
