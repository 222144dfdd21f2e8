// Data sets of a task
WITH "image generation" AS task
MATCH (t:Task)
WHERE toLower(t.name) = toLower(task)
MATCH (t)<-[a:ADDRESSES]-(p:Paper)-[b:EVALUATES_ON|INTRODUCES]->(d:Dataset)
RETURN t, a, p, b, d
LIMIT 100
