// Which values of a metric are tied to no data set?
// $metric: metric = "metric:accuracy"
// columns: paper, title, year, method, value, unit, kind, evidence
MATCH (m:Metric {id: $metric})
WITH m
MATCH (m)<-[:MEASURES]-(r:Result)<-[:REPORTS]-(p:Paper)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
WITH r, p, d
WHERE d.id IS NULL
OPTIONAL MATCH (r)-[:OF_METHOD]->(x:Method)
RETURN p.id AS paper, p.title AS title, p.year AS year, x.name AS method, r.value AS value, r.unit AS unit,
  r.kind AS kind, r.evidence AS evidence
ORDER BY coalesce(p.year, 0) DESC, p.id, r.startChar, r.id
