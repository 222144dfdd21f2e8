// Who wrote a paper?
// $paper: paper = "attention-is-all-you-need"
// columns: position, author
MATCH (p:Paper {id: $paper})
WITH p
MATCH (p)<-[w:WROTE]-(a:Author)
RETURN w.position AS position, a.name AS author
ORDER BY position, a.id
