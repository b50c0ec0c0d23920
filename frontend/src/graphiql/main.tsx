import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./style.css";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";
import { EXAMPLES } from "./examples";
import { examplesPlugin } from "./examplesPlugin";
import { readHash, writeHash } from "./hash";

const url = new URL("graphql", document.baseURI);
const socket = new URL(url);
socket.protocol = socket.protocol.replace("http", "ws");

const fetcher = createGraphiQLFetcher({
    url: url.href,
    wsClient: createClient({ url: socket.href, retryAttempts: 3 }),
});

const shared = readHash();
const plugins = [examplesPlugin(), explorerPlugin()];

createRoot(document.getElementById("graphiql")!).render(
    <GraphiQL
        fetcher={fetcher}
        plugins={plugins}
        defaultQuery={EXAMPLES[0]!.query}
        initialQuery={shared.query}
        initialVariables={shared.variables}
        shouldPersistHeaders={false}
        defaultEditorToolsVisibility={shared.variables ? "variables" : false}
        onEditQuery={(query) => writeHash({ query })}
        onEditVariables={(variables) => writeHash({ variables })}
        onTabChange={({ tabs, activeTabIndex }) => {
            const tab = tabs[activeTabIndex];
            writeHash({ query: tab?.query ?? "", variables: tab?.variables ?? "" });
        }}
    >
        <GraphiQL.Logo>
            <a className="to-pages" href="./">
                Timelines
            </a>
        </GraphiQL.Logo>
    </GraphiQL>,
);
