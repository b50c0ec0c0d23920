// The same with graphql-sse, in distinct connections mode.
import { createClient } from "graphql-sse";

const addresses = process.argv[2].split(",");
const variables = {};
let connections = 0;
const client = createClient({
  url: () => addresses[connections++ % addresses.length],
  retryAttempts: 1000,
  retry: () => new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80)),
});
const query = `subscription ($after: String) {
  events(timeline: "toys", after: $after, batch: 20) { events { position } cursor caughtUp }
}`;
client.subscribe({ query, variables }, {
  next({ data, errors }) {
    if (errors) throw new Error(JSON.stringify(errors));
    variables.after = data.events.cursor;
    console.log(JSON.stringify({ positions: data.events.events.map((event) => event.position), connections }));
  },
  error(error) { console.error(String(error)); process.exit(1); },
  complete() { console.error("completed"); process.exit(1); },
});
