SELECT timeline.id, timeline.slug, timeline.title, timeline.description FROM timeline ORDER BY timeline.slug LIMIT ?;
SELECT head.timeline_id, head.position, head.recorded_at, head.hash FROM head WHERE head.timeline_id IN (?, …);
SELECT timeline.id, timeline.slug, timeline.title, timeline.description FROM timeline WHERE timeline.slug IN (?, …);
SELECT timeline.id, timeline.slug, timeline.title, timeline.description FROM timeline WHERE timeline.slug IN (?, …);
SELECT count(*) AS count_1 FROM timeline;
SELECT record.position, record.event_id, record.recorded_at, record.content, record.hash FROM record WHERE record.timeline_id = ? AND record.event_id IN (?, …);
SELECT record.position, record.recorded_at, record.hash FROM record WHERE record.timeline_id = ? AND record.position = ?;
SELECT record.position, record.event_id, record.recorded_at, record.content, record.hash FROM record WHERE record.timeline_id = ? AND record.event_id IN (?, …);
SELECT naming.entity, naming.role, naming.claim, naming.start_lo, naming.start_hi, naming.position, naming.name, naming.aliases, naming.description FROM naming WHERE naming.timeline_id = ? AND naming.entity IN (?, …) AND naming.position <= ? AND naming.until > ? ORDER BY naming.entity, naming.position;
