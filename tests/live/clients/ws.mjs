// Follows the timeline `toys` with graphql-ws and its own retry, and prints each batch as a line of JSON.
// node ws.mjs ADDRESS[,ADDRESS…] [ENTITY]: each connection goes to the next address; with an entity, its states.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const addresses = process.argv[2].split(",");
const variables = {};
let connections = 0;
const client = createClient({
  url: () => addresses[connections++ % addresses.length],
  webSocketImpl: WebSocket,
  retryAttempts: 1000,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80)),
  shouldRetry: () => true,
});
const entity = process.argv[3];
const query = entity
  ? `subscription ($after: String) {
      entity(timeline: "toys", ref: "${entity}", after: $after) { ref basis { position } }
    }`
  : `subscription ($after: String) {
      events(timeline: "toys", after: $after, batch: 20) { events { position } cursor caughtUp }
    }`;
client.subscribe({ query, variables }, {
  next({ data, errors, extensions }) {
    if (errors) throw new Error(JSON.stringify(errors));
    variables.after = extensions.cursor; // what a retry sends again
    const positions = entity ? [data.entity.basis.position] : data.events.events.map((event) => event.position);
    console.log(JSON.stringify({ positions, connections }));
  },
  error(error) { console.error(JSON.stringify(error), String(error)); process.exit(1); },
  complete() { console.error("completed"); process.exit(1); },
});
