// Papers that name an entity
WITH "ImageNet" AS name
MATCH (e:Method|Dataset|Metric|Task)
WHERE toLower(e.name) = toLower(name)
MATCH (p:Paper)-[a]->(e)
OPTIONAL MATCH (p)-[b:REPORTS]->(r:Result)-[c]->(e)
RETURN e, p, a, b, r, c
LIMIT 100
