// What does a paper report?
// $paper: paper = "attention-is-all-you-need"
// columns: paper, title, year, url, method, metric, dataset, value, unit, kind, direction, bound,
//   baseline, setting, own, evidence, confidence
MATCH (p:Paper {id: $paper})
WITH p
MATCH (p)-[:REPORTS]->(r:Result)-[:MEASURES]->(m:Metric)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
OPTIONAL MATCH (r)-[:OF_METHOD]->(x:Method)
OPTIONAL MATCH (r)-[:AGAINST]->(b:Method)
RETURN p.id AS paper, p.title AS title, p.year AS year, p.url AS url, x.name AS method, m.name AS metric,
  d.name AS dataset, r.value AS value, r.unit AS unit, r.kind AS kind, r.direction AS direction, r.bound AS bound,
  b.name AS baseline, r.setting AS setting, r.own AS own, r.evidence AS evidence, r.confidence AS confidence
ORDER BY r.startChar, r.endChar, m.id, r.value, r.id
