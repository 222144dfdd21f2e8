// Which values of a method are reported by papers that did not propose it?
// $method: method = "method:transformer"
// columns: paper, title, year, metric, dataset, value, unit, setting, evidence
MATCH (x:Method {id: $method})
WITH x
MATCH (x)<-[:OF_METHOD]-(r:Result)<-[:REPORTS]-(p:Paper)
WHERE r.kind = "absolute" AND NOT EXISTS { MATCH (p)-[:PROPOSES]->(y:Method) WHERE y.id = x.id }
MATCH (r)-[:MEASURES]->(m:Metric)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
RETURN p.id AS paper, p.title AS title, p.year AS year, m.name AS metric, d.name AS dataset, r.value AS value,
  r.unit AS unit, r.setting AS setting, r.evidence AS evidence
ORDER BY coalesce(p.year, 0) DESC, p.id, r.startChar, r.id
