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

/** Calls with the head's position whenever something was recorded after `position`. */
export function follow(slug: string, position: number, grown: (position: number) => void): void {
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
