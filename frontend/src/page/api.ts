/** Asking the server, and hearing from it. */
import { createClient } from "graphql-ws";

/** Where the pages are mounted: what stands before /t/SLUG. */
export const ROOT = new URL(location.pathname.replace(/t\/[^/]*$/, ""), location.href);
const GRAPHQL = new URL("graphql", ROOT);

export class Refusal extends Error {
    constructor(
        message: string,
        readonly code: string,
    ) {
        super(message);
    }
}

export async function ask<T>(query: string, variables: object = {}, signal?: AbortSignal): Promise<T> {
    const response = await fetch(GRAPHQL, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
        signal,
    });
    const answer = await response.json();
    if (answer.errors) throw new Refusal(answer.errors[0].message, answer.errors[0].extensions?.code ?? "");
    return answer.data;
}

/** What this server's schema has of what the page can do without. */
export interface Features {
    search: boolean;
    subscription: boolean;
}

export async function features(): Promise<Features> {
    const found = await ask<any>(`{
        filter: __type(name: "EventFilter") { inputFields { name } }
        subscription: __type(name: "Subscription") { fields { name } }
    }`).catch((refused) => {
        if (refused instanceof Refusal) return null;
        throw refused;
    });
    if (!found) return { search: false, subscription: true }; // the schema may not be asked about itself here
    return {
        search: found.filter.inputFields.some((field: { name: string }) => field.name === "search"),
        subscription: !!found.subscription?.fields.some((field: { name: string }) => field.name === "events"),
    };
}

const POLL = 800; // ms between two looks at the log, where it cannot be subscribed to

/** Calls with the head's position whenever something was recorded after `position`. */
export function follow(slug: string, position: number, known: Features, grown: (position: number) => void): void {
    if (!known.subscription) {
        setInterval(async () => {
            if (document.hidden) return;
            const query = `query ($slug: ID!) { timeline(slug: $slug) { basis { position } } }`;
            const head = (await ask<any>(query, { slug }).catch(() => null))?.timeline.basis.position ?? position;
            if (head > position) grown((position = head));
        }, POLL);
        return;
    }
    const socket = new URL(GRAPHQL);
    socket.protocol = socket.protocol.replace("http", "ws");
    const client = createClient({ url: socket.href, retryAttempts: Infinity, shouldRetry: () => true });
    let cursor: string | null = null;
    const query = `subscription ($slug: ID!, $after: String, $position: Position) {
    events(timeline: $slug, after: $after, afterPosition: $position) { events { position } cursor basis { position } }
  }`;
    const listen = () =>
        client.subscribe<any>(
            { query, variables: cursor ? { slug, after: cursor } : { slug, position } },
            {
                next: ({ data }) => {
                    if (!data) return;
                    cursor = data.events.cursor;
                    if (data.events.events.length) grown((position = data.events.basis.position));
                },
                error: () => setTimeout(listen, 2_000),
                complete: () => setTimeout(listen, 2_000),
            },
        );
    listen();
}
