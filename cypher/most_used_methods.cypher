// Which methods do most papers build on?
// $named: bool? = true, true: with a proper name; false: families in ordinary words; null: all
// $limit: int = 25
// columns: id, method, papers
MATCH (p:Paper)-[u:USES]->(x:Method)
WHERE $named IS NULL OR u.named = $named
WITH x, count(DISTINCT p.id) AS papers
RETURN x.id AS id, x.name AS method, papers
ORDER BY papers DESC, id
LIMIT $limit
