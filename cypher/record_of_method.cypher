// What has been measured of a method, and on which data sets?
// $method: method = "method:transformer"
// columns: dataset, metric, value, unit, kind, direction, bound, setting, own, paper, title, year, evidence
MATCH (x:Method {id: $method})
WITH x
MATCH (x)<-[:OF_METHOD]-(r:Result)-[:MEASURES]->(m:Metric)
MATCH (r)<-[:REPORTS]-(p:Paper)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
RETURN d.name AS dataset, m.name AS metric, r.value AS value, r.unit AS unit, r.kind AS kind,
  r.direction AS direction, r.bound AS bound, r.setting AS setting, r.own AS own, p.id AS paper, p.title AS title,
  p.year AS year, r.evidence AS evidence
ORDER BY coalesce(d.id, "~"), m.id, coalesce(p.year, 0) DESC, p.id, r.startChar, r.id
