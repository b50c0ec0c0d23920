// node apollo.mjs ADDRESS: looks at one app at two dates, and pages through the log, with Apollo Client and its cache.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { filter, firstValueFrom, timeout } from "rxjs";

const cache = new InMemoryCache({
  typePolicies: { Timeline: { fields: { events: relayStylePagination(["filter", "orderBy", "at", "knownAt"]) } } },
});
const link = new HttpLink({ uri: process.argv[2] });
const client = new ApolloClient({ link, cache });

const VIEW = gql`
  query View($at: EDTF!) {
    timeline(slug: "ai-race") { id app(slug: "chatgpt", at: $at) { id name rank(chart: "us-app-store-top-free") } }
  }
`;
const NODE = gql`
  query Again($id: ID!) { node(id: $id) { id ... on App { name rank(chart: "us-app-store-top-free") } } }
`;
const dates = ["2025-01-15", "2025-01-25"];
const views = [];
for (const at of dates) views.push((await client.query({ query: VIEW, variables: { at } })).data.timeline.app);
// After both were asked for, each as the cache holds it, and as `node` gives it again.
const cached = dates.map((at) => client.readQuery({ query: VIEW, variables: { at } }).timeline.app);
const again = [];
for (const { id } of views) {
  again.push((await client.query({ query: NODE, variables: { id }, fetchPolicy: "network-only" })).data.node);
}

const PAGE = gql`
  query Page($after: String) {
    timeline(slug: "ai-race") {
      id
      events(first: 10, after: $after, orderBy: RECORDED_ASC) {
        edges { node { id position headline } }
        pageInfo { endCursor hasNextPage }
        totalCount
      }
    }
  }
`;
const watched = client.watchQuery({ query: PAGE });
const watching = watched.subscribe();
const first = await firstValueFrom(watched.pipe(filter(({ loading }) => !loading)));
const pages = [first.data.timeline.events]; // as the server sent them
for (let asked = 0; pages.at(-1).pageInfo.hasNextPage && asked < 100; asked += 1) {
  const { data } = await watched.fetchMore({ variables: { after: pages.at(-1).pageInfo.endCursor } });
  pages.push(data.timeline.events);
}
const isLast = ({ loading, data }) => !loading && !data.timeline.events.pageInfo.hasNextPage;
const last = await firstValueFrom(watched.pipe(filter(isLast), timeout(10_000))); // as a component gets to see it
watching.unsubscribe();
const positions = ({ edges }) => edges.map(({ node }) => node.position);
const apps = Object.keys(cache.extract()).filter((key) => key.startsWith("App:"));
const told = { pages: pages.map(positions), stored: positions(last.data.timeline.events) };
console.log(JSON.stringify({ views, cached, again, apps, ...told }));
client.stop();
