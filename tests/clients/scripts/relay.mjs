// node relay.mjs ADDRESS: pages through the log with Relay's runtime, which reads each later page through `node`, and
// looks at one app at two dates.
import runtime from "relay-runtime";
import { compiled, environmentOver } from "./relaying.mjs";

const pages = []; // as the server sent them: the store would hide a repeat
const environment = environmentOver(process.argv[2], ({ data }, query) => {
  const events = (data.timeline ?? data.node).events;
  if (events) pages.push({ query, positions: events.edges.map(({ node }) => node.position) });
});
const ask = (document, variables) => runtime.fetchQuery(environment, document, variables).toPromise();

const fragment = compiled("paging_events");
const { paginationRequest, paginationMetadata } = runtime.getPaginationMetadata(fragment, "test");
const first = await ask(compiled("pagingQuery"), { slug: "ai-race", count: 10 });
const selector = runtime.getSingularSelector(fragment, first.timeline);
// What the store holds, as a component would see it.
const seen = () => environment.lookup(selector).data.events;
for (let asked = 0; seen().pageInfo.hasNextPage && asked < 100; asked += 1) {
  const cursor = seen().pageInfo.endCursor;
  const before = selector.owner.variables;
  const variables = runtime.getPaginationVariables("forward", 10, cursor, before, {}, paginationMetadata);
  await ask(paginationRequest, { ...variables, id: first.timeline.id });
}

const dates = { early: "2025-01-15", late: "2025-01-25" };
const { timeline } = await ask(compiled("pagingViewsQuery"), { ...dates, slug: "ai-race" });
const stored = seen().edges.map(({ node }) => node.position);
console.log(JSON.stringify({ pages, stored, views: [timeline.early, timeline.late] }));
