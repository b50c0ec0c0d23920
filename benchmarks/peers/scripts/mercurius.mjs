// Mercurius with its JIT, and a loader for each relation: node mercurius.mjs ADDRESS

import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 });

const schema = `
  type Entity { ref: String! name: String! description: String! events(first: Int = 50): [Event!]! }
  type Event {
    eventId: ID! kind: String! position: Int! headline: String! note: String! recordedAt: String! occurred: String!
    rank: Int entity: Entity!
  }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Page { nodes: [Event!]! pageInfo: PageInfo! }
  type Query { events(first: Int = 50, after: String): Page! }
`;

const columns = `position, event_id AS "eventId", kind, headline, note, recorded_at AS "recordedAt", occurred, rank,
  entity_id AS "entityId"`;
const newest = "ORDER BY occurred DESC, position DESC";

const event = (row) => ({ ...row, recordedAt: row.recordedAt.toISOString() });

const resolvers = {
  Query: {
    async events(_, { first, after }) {
      const [occurred, position] = after ? after.split(" ") : ["9999-12-31", "0"];
      const { rows } = await pool.query({
        name: "events",
        text: `SELECT ${columns} FROM event WHERE (occurred, position) < ($1, $2) ${newest} LIMIT $3`,
        values: [occurred, position, first + 1],
      });
      const nodes = rows.slice(0, first).map(event);
      const last = nodes.at(-1);
      const endCursor = last ? `${last.occurred} ${last.position}` : null;
      return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor } };
    },
  },
};

const loaders = {
  Event: {
    async entity(queries) {
      const ids = queries.map(({ obj }) => obj.entityId);
      const { rows } = await pool.query({
        name: "entities",
        text: "SELECT id, ref, name, description FROM entity WHERE id = ANY($1)",
        values: [[...new Set(ids)]],
      });
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id));
    },
  },
  Entity: {
    async events(queries) {
      const { rows } = await pool.query({
        name: "eventsOfEntities",
        text: `SELECT of.number, last.* FROM unnest($1::int[]) WITH ORDINALITY AS of(entity, number)
          CROSS JOIN LATERAL (SELECT ${columns} FROM event WHERE entity_id = of.entity ${newest} LIMIT $2) AS last`,
        values: [queries.map(({ obj }) => obj.id), queries[0].params.first],
      });
      return queries.map((_, index) => rows.filter((row) => Number(row.number) === index + 1).map(event));
    },
  },
};

const app = Fastify();
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
await app.listen({ port: 0, host: "127.0.0.1" });
console.log(`http://127.0.0.1:${app.server.address().port}/graphql`);
