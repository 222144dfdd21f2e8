// Which papers report a metric, on a data set if one is given?
// $metric: metric = "metric:fid"
// $dataset: dataset? = ""
// $kind: absolute|change|ratio? = ""
// $own: bool? = null, true: the paper's own approach; false: what it compares with
// $year: int = 0, this year or later
// $since: string? = "", ISO date; a paper of which only the year is known passes
// columns: paper, title, year, url, method, metric, dataset, value, unit, kind, direction, bound,
//   baseline, setting, own, evidence, confidence
MATCH (m:Metric {id: $metric})
WITH m
MATCH (m)<-[:MEASURES]-(r:Result)<-[:REPORTS]-(p:Paper)
WHERE $kind IN ["", r.kind] AND ($own IS NULL OR r.own = $own)
  AND coalesce(p.year, 0) >= $year AND coalesce(p.date, "9999") >= $since
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
WITH m, r, p, d
WHERE $dataset = "" OR d.id = $dataset
OPTIONAL MATCH (r)-[:OF_METHOD]->(x:Method)
OPTIONAL MATCH (r)-[:AGAINST]->(b:Method)
RETURN p.id AS paper, p.title AS title, p.year AS year, p.url AS url, x.name AS method, m.name AS metric,
  d.name AS dataset, r.value AS value, r.unit AS unit, r.kind AS kind, r.direction AS direction, r.bound AS bound,
  b.name AS baseline, r.setting AS setting, r.own AS own, r.evidence AS evidence, r.confidence AS confidence
ORDER BY coalesce(p.year, 0) DESC, p.id, r.startChar, r.id
