// What GraphQL-ESLint recommends for schemas and for Relay. What is set otherwise has its reason beside it.
import graphql from "@graphql-eslint/eslint-plugin";

const { "flat/schema-recommended": recommended, "flat/schema-relay": relay } = graphql.configs;

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: { parser: graphql.parser },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...recommended.rules,
      ...relay.rules,
      // Relay asks for one direction at least; facts and changes go forward only.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      // Connections have `nodes` beside their edges, and short lists (sources, bars) are no connections.
      // The nodes of some edges are values without an identity: facts, changes, an app's rank on one chart.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      // Only nodes have an identity. A basis, a date or a page is a value, which caches keep within its parent.
      "@graphql-eslint/strict-id-in-types": "off",
      // `Event.eventId` is its UUID, beside the `id` of this view of it. A dispute is an event, and so has `disputes`.
      "@graphql-eslint/no-typename-prefix": "off",
    },
  },
];
