// Which papers improve on a method by a factor of at least N (20x faster, 5x less memory)?
// $method: method = "method:diffusionmodel"
// $at_least: float = 2.0
// columns: paper, title, year, method, metric, value, direction, bound, dataset, evidence
MATCH (b:Method {id: $method})
WITH b
MATCH (b)<-[:AGAINST]-(r:Result)-[:MEASURES]->(m:Metric)
WHERE r.kind = "ratio" AND r.value >= $at_least
  AND (m.higherIsBetter IS NULL OR r.direction IS NULL OR (r.direction = "up") = m.higherIsBetter)
MATCH (r)<-[:REPORTS]-(p:Paper)
OPTIONAL MATCH (r)-[:OF_METHOD]->(x:Method)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
RETURN p.id AS paper, p.title AS title, p.year AS year, x.name AS method, m.name AS metric, r.value AS value,
  r.direction AS direction, r.bound AS bound, d.name AS dataset, r.evidence AS evidence
ORDER BY r.value DESC, p.id, r.startChar, r.id
