// How many papers and results are there of each year?
// columns: year, papers, results
MATCH (p:Paper)
OPTIONAL MATCH (p)-[:REPORTS]->(r:Result)
WITH p.year AS year, count(DISTINCT p.id) AS papers, count(r.id) AS results
RETURN year, papers, results
ORDER BY coalesce(year, 9999)
