// node urql.mjs ADDRESS METHOD: pages through the log with urql, with GET or POST, and looks at one app at two dates.
import { Client, cacheExchange, fetchExchange, gql } from "@urql/core";

const [, , url, method] = process.argv;
const methods = new Set();
const client = new Client({
  url,
  exchanges: [cacheExchange, fetchExchange],
  preferGetMethod: method === "GET" ? "within-url-limit" : false,
  fetch(address, options) {
    methods.add(options.method);
    return fetch(address, options);
  },
});

async function ask(query, variables) {
  const { data, error } = await client.query(query, variables).toPromise();
  if (error) throw error;
  return data;
}

const VIEW = gql`
  query View($at: EDTF!) {
    timeline(slug: "ai-race") { id app(slug: "chatgpt", at: $at) { id name rank(chart: "us-app-store-top-free") } }
  }
`;
const views = [];
for (const at of ["2025-01-15", "2025-01-25"]) views.push((await ask(VIEW, { at })).timeline.app);

const PAGE = gql`
  query Page($after: String, $knownAt: KnownAt) {
    timeline(slug: "ai-race") {
      id
      events(first: 10, after: $after, knownAt: $knownAt, orderBy: RECORDED_ASC) {
        nodes { id position headline }
        pageInfo { endCursor hasNextPage }
        basis { position }
      }
    }
  }
`;
const pages = [];
let variables = {};
do {
  const { nodes, pageInfo, basis } = (await ask(PAGE, variables)).timeline.events;
  pages.push(nodes.map(({ position }) => position));
  variables = pageInfo.hasNextPage && { after: pageInfo.endCursor, knownAt: { position: basis.position } };
} while (variables && pages.length < 100);

const { error } = await client.query(VIEW, { at: "soon" }).toPromise();
const codes = error?.graphQLErrors.map(({ extensions }) => extensions.code);
console.log(JSON.stringify({ views, pages, methods: [...methods], codes }));
