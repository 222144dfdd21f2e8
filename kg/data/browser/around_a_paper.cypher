// Everything one paper states
WITH "" AS title // part of a title, as "attention is all"; empty: the paper with most results
MATCH (p:Paper)
WHERE toLower(p.title) CONTAINS toLower(title)
OPTIONAL MATCH (p)-[:REPORTS]->(r:Result)
WITH p, count(r) AS results
ORDER BY results DESC, p.id
LIMIT 1
MATCH (p)-[a]-(n)
OPTIONAL MATCH (n)-[b]->(m)
WHERE n:Result
RETURN p, a, n, b, m
