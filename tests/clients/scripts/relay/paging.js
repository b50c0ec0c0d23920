// Read by relay-compiler, never run: what it makes of these documents is what ../relay.mjs runs.
import { graphql } from "relay-runtime";

graphql`
  fragment paging_events on Timeline
  @refetchable(queryName: "pagingRefetchQuery")
  @argumentDefinitions(count: { type: "Int" }, cursor: { type: "String" }) {
    events(first: $count, after: $cursor, orderBy: RECORDED_ASC) @connection(key: "paging_events") {
      edges {
        node { id position headline ... on ChartMilestone { app { id name rank(chart: "us-app-store-top-free") } } }
      }
    }
  }
`;

graphql`
  query pagingQuery($slug: ID!, $count: Int!) {
    timeline(slug: $slug) { id ...paging_events @arguments(count: $count) }
  }
`;

graphql`
  query pagingViewsQuery($slug: ID!, $early: EDTF!, $late: EDTF!) {
    timeline(slug: $slug) {
      early: app(slug: "chatgpt", at: $early) { id name rank(chart: "us-app-store-top-free") }
      late: app(slug: "chatgpt", at: $late) { id name rank(chart: "us-app-store-top-free") }
    }
  }
`;
