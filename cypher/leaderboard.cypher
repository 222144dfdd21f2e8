// What are the best values of a metric on a data set?
// $dataset: dataset = "dataset:imagenet"
// $metric: metric = "metric:fid"
// $kind: absolute|change|ratio = "absolute"
// $higher: bool? = null, whether higher is better; null: as the metric says
// $own: bool? = null, true: the paper's own approach; false: what it compares with
// $year: int = 0, this year or later
// $since: string? = "", ISO date; a paper of which only the year is known passes
// columns: paper, title, year, url, method, metric, dataset, value, unit, kind, direction, bound,
//   baseline, setting, own, evidence, confidence
// A result without a unit has the metric's unit; units are never mixed in one ranking.
MATCH (d:Dataset {id: $dataset})
WITH d
MATCH (d)<-[:ON_DATASET]-(r:Result)-[:MEASURES]->(m:Metric)
WHERE m.id = $metric AND r.kind = $kind AND ($own IS NULL OR r.own = $own)
WITH d, r, m, coalesce($higher, m.higherIsBetter) AS higher
WHERE higher IS NOT NULL
WITH d, r, m, CASE WHEN r.kind = "absolute" THEN higher ELSE coalesce((r.direction = "up") = higher, true) END AS more,
  CASE WHEN r.unit = "" THEN coalesce(m.unit, "") ELSE r.unit END AS scale
MATCH (r)<-[:REPORTS]-(p:Paper)
WHERE coalesce(p.year, 0) >= $year AND coalesce(p.date, "9999") >= $since
OPTIONAL MATCH (r)-[:OF_METHOD]->(x:Method)
OPTIONAL MATCH (r)-[:AGAINST]->(b:Method)
RETURN p.id AS paper, p.title AS title, p.year AS year, p.url AS url, x.name AS method, m.name AS metric,
  d.name AS dataset, r.value AS value, scale AS unit, r.kind AS kind, r.direction AS direction, r.bound AS bound,
  b.name AS baseline, r.setting AS setting, r.own AS own, r.evidence AS evidence, r.confidence AS confidence
ORDER BY CASE WHEN scale = coalesce(m.unit, "") THEN 0 ELSE 1 END, scale,
  CASE WHEN more THEN -1.0 * r.value ELSE r.value END, coalesce(p.year, 9999), p.id, r.startChar, r.id
