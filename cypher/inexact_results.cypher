// Which values of a metric are only a bound or an approximation (about 20, over 90, up to 5)?
// $metric: metric = "metric:accuracy"
// columns: paper, title, year, bound, value, unit, kind, method, dataset, evidence
MATCH (m:Metric {id: $metric})
WITH m
MATCH (m)<-[:MEASURES]-(r:Result)<-[:REPORTS]-(p:Paper)
WHERE r.bound <> "="
OPTIONAL MATCH (r)-[:OF_METHOD]->(x:Method)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
RETURN p.id AS paper, p.title AS title, p.year AS year, r.bound AS bound, r.value AS value, r.unit AS unit,
  r.kind AS kind, x.name AS method, d.name AS dataset, r.evidence AS evidence
ORDER BY coalesce(p.year, 0) DESC, p.id, r.startChar, r.id
