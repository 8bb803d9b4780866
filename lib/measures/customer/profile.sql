-- title: Completeness of profiles
-- version: 1
-- formula: attributes that the rule profile requires and that an event
--   `profile` about them filled in / attributes required
-- source: REQUIREMENTS E-06
-- requirements: C-02 E-06
-- window: none
-- column: party party key - who
-- column: filled int64 sum - required attributes that are known
-- column: required int64 sum - attributes required
-- column: completeness ratio ratio - filled / required
-- drill: filled,required,completeness_num,completeness_den
--   SELECT :party AS party;
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT value AS attribute
    FROM json_each(word_data('rule', 'profile', :as_of), '$.required')
),
known AS MATERIALIZED (
    SELECT DISTINCT party, object FROM event
    WHERE is_a('event', kind, 'profile')
),
filled AS MATERIALIZED (
    SELECT known.party AS party, count(*) AS filled
    FROM known JOIN wanted ON wanted.attribute = known.object
    GROUP BY known.party
)
SELECT customer_fact.party, coalesce(filled.filled, 0) AS filled,
    (SELECT count(*) FROM wanted) AS required,
    coalesce(filled.filled, 0) AS completeness_num,
    (SELECT count(*) FROM wanted) AS completeness_den
FROM customer_fact LEFT JOIN filled ON filled.party = customer_fact.party
WHERE exchanges > 0
    OR customer_fact.party IN (SELECT party FROM known)
