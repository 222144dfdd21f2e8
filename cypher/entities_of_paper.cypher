// Which methods, data sets, metrics and tasks does a paper name?
// $paper: paper = "attention-is-all-you-need"
// columns: relation, id, name, called, mentions, confidence
MATCH (p:Paper {id: $paper})
WITH p
MATCH (p)-[r]->(n:Method|Dataset|Metric|Task)
RETURN type(r) AS relation, n.id AS id, n.name AS name, r.name AS called, r.mentions AS mentions,
  r.confidence AS confidence
ORDER BY relation, r.startChar, id
