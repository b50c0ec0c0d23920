/** The query and its variables in the page's address, so that a link shows them to others. Headers never go there. */
export interface Shared {
    query?: string;
    variables?: string;
}

export function readHash(): Shared {
    const given = new URLSearchParams(location.hash.slice(1));
    return { query: given.get("query") ?? undefined, variables: given.get("variables") ?? undefined };
}

export function writeHash(changed: Shared): void {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const [name, value] of Object.entries(changed)) {
        if (value) given.set(name, value);
        else given.delete(name);
    }
    history.replaceState(null, "", given.size ? `#${given}` : location.pathname + location.search);
}
