// Which papers cut a cost most, in percent of what it was?
// $metric: metric = "metric:latency"
// $limit: int = 25
// columns: paper, title, year, method, percent.1, value, unit, kind, bound, baseline, evidence
// "55% lower" is 55, "5x lower" is 80.
MATCH (m:Metric {id: $metric})
WITH m
MATCH (m)<-[:MEASURES]-(r:Result)<-[:REPORTS]-(p:Paper)
WHERE r.direction = "down" AND ((r.kind = "change" AND r.unit = "%") OR (r.kind = "ratio" AND r.value >= 1.0))
WITH p, r, CASE WHEN r.kind = "change" THEN r.value ELSE 100.0 - 100.0 / r.value END AS percent
OPTIONAL MATCH (r)-[:OF_METHOD]->(x:Method)
OPTIONAL MATCH (r)-[:AGAINST]->(b:Method)
RETURN p.id AS paper, p.title AS title, p.year AS year, x.name AS method, percent, r.value AS value, r.unit AS unit,
  r.kind AS kind, r.bound AS bound, b.name AS baseline, r.evidence AS evidence
ORDER BY percent DESC, p.id, r.startChar, r.id
LIMIT $limit
