// Who wrote most papers?
// $limit: int = 50
// columns: id, name, papers
MATCH (a:Author)-[:WROTE]->(p:Paper)
WITH a, count(DISTINCT p.id) AS papers
RETURN a.id AS id, a.name AS name, papers
ORDER BY papers DESC, id
LIMIT $limit
