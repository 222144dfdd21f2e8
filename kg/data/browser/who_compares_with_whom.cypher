// Who compares with whom
MATCH (new:Method)<-[a:PROPOSES]-(p:Paper)-[b:COMPARES_WITH]->(old:Method)
RETURN new, a, p, b, old
LIMIT 100
