// What improved on a method, and by how much?
// $method: method = "method:transformer"
// columns: paper, title, year, method, metric, dataset, value, unit, kind, direction, bound, evidence
MATCH (b:Method {id: $method})
WITH b
MATCH (b)<-[:AGAINST]-(r:Result)-[:MEASURES]->(m:Metric)
WHERE r.own AND r.kind <> "absolute"
  AND (m.higherIsBetter IS NULL OR r.direction IS NULL OR (r.direction = "up") = m.higherIsBetter)
MATCH (r)<-[:REPORTS]-(p:Paper)
OPTIONAL MATCH (r)-[:OF_METHOD]->(x:Method)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
RETURN p.id AS paper, p.title AS title, p.year AS year, x.name AS method, m.name AS metric, d.name AS dataset,
  r.value AS value, r.unit AS unit, r.kind AS kind, r.direction AS direction, r.bound AS bound, r.evidence AS evidence
ORDER BY coalesce(p.year, 0) DESC, p.id, r.startChar, r.id
