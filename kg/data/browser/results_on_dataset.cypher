// Results of a metric on a data set
WITH "FID" AS metric, "ImageNet" AS dataset
MATCH (m:Metric {name: metric})<-[a:MEASURES]-(r:Result)-[b:ON_DATASET]->(d:Dataset {name: dataset})
MATCH (p:Paper)-[c:REPORTS]->(r)
OPTIONAL MATCH (r)-[o:OF_METHOD]->(x:Method)
RETURN m, a, r, b, d, p, c, o, x
LIMIT 100
