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

/** What this server's schema has of what the page can show. */
export interface Features {
    event: Set<string>;
    entity: Set<string>;
    filter: Set<string>;
    timeline: Set<string>;
    subscription: Set<string>;
}

export async function features(): Promise<Features> {
    const found = await ask<Record<string, { fields?: { name: string }[]; inputFields?: { name: string }[] } | null>>(`{
    event: __type(name: "Event") { fields { name } }
    entity: __type(name: "Entity") { fields { name } }
    filter: __type(name: "EventFilter") { inputFields { name } }
    timeline: __type(name: "Timeline") { fields { name } }
    subscription: __type(name: "Subscription") { fields { name } }
  }`);
    const names = (type: string) =>
        new Set((found[type]?.fields ?? found[type]?.inputFields ?? []).map((field) => field.name));
    return {
        event: names("event"),
        entity: names("entity"),
        filter: names("filter"),
        timeline: names("timeline"),
        subscription: names("subscription"),
    };
}

const POLL = 800; // ms between two looks at the log, where it cannot be subscribed to

/** Calls with the head's position whenever something was recorded after `position`. */
export function follow(slug: string, position: number, known: Features, grown: (position: number) => void): void {
    if (!known.subscription.has("events")) {
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
