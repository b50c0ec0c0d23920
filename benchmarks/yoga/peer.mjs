// graphql-yoga with graphql-ws and its own pub/sub, in memory: node peer.mjs. POST /publish publishes the batch it is sent.
import { createServer } from "node:http";
import { createPubSub, createSchema, createYoga } from "graphql-yoga";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const pubSub = createPubSub();
const schema = createSchema({
  typeDefs: `
    scalar Position
    type Query { ok: Boolean }
    type Subscription { events(timeline: ID!, afterPosition: Position): EventBatch! }
    type EventBatch { events: [Event!]! cursor: String! }
    type Event { position: Position! headline: String! occurred: FuzzyDate entities: [EntityRole!]! }
    type FuzzyDate { text: String! }
    type EntityRole { role: String! entity: Entity! }
    type Entity { name: String! }
  `,
  resolvers: {
    Subscription: { events: { subscribe: () => pubSub.subscribe("batch"), resolve: (batch) => batch } },
  },
});
const yoga = createYoga({ schema, logging: false });
const server = createServer((request, response) => {
  if (request.url !== "/publish") return yoga(request, response);
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    pubSub.publish("batch", JSON.parse(Buffer.concat(parts)));
    response.end("{}");
  });
});
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (context, id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context, req: context.extra.request, socket: context.extra.socket, params,
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length ? errors : args;
    },
  },
  new WebSocketServer({ server, path: "/graphql", perMessageDeflate: false }),
);
server.listen(0, "127.0.0.1", 4096, () => console.error(`http://127.0.0.1:${server.address().port}/graphql`));
