/** What is looked at, and how: all of it stands in the page's address. */
export interface View {
    lanes: "kind" | "entity";
    /** The stretch of time in view, ms; null: all there is. */
    from: number | null;
    to: number | null;
    kinds: string[];
    entities: string[];
    source: string;
    search: string;
    /** A date (EDTF) in the world; empty: none was asked for. */
    at: string;
    /** A position of the log; null: all that is known. */
    known: number | null;
    /** The event whose card is open. */
    event: string | null;
}

export const EMBEDDED = new URLSearchParams(location.search).get("embed") === "1";

const FILTERS = ["kinds", "entities", "source", "search", "known"] as const;
const NAMES: Partial<Record<keyof View, string>> = { search: "q" };

function read(): View {
    const given = new URLSearchParams(location.search);
    const list = (name: string) => given.get(name)?.split(",").filter(Boolean) ?? [];
    const time = (name: string) => {
        const value = Date.parse(given.get(name) ?? "");
        return Number.isFinite(value) ? value : null;
    };
    const known = given.get("known") ?? "";
    const [from, to] = [time("from"), time("to")];
    return {
        lanes: given.get("lanes") === "entity" ? "entity" : "kind",
        from: from !== null && to !== null && from < to ? from : null,
        to: from !== null && to !== null && from < to ? to : null,
        kinds: list("kinds"),
        entities: list("entities"),
        source: given.get("source") ?? "",
        search: given.get("q") ?? "",
        at: given.get("at") ?? "",
        known: /^\d{1,16}$/.test(known) ? Number(known) : null,
        event: given.get("event"),
    };
}

export function addressOf(view: View, only: readonly (keyof View)[] = Object.keys(view) as (keyof View)[]): string {
    const written: [string, string][] = [];
    for (const name of only) {
        const value = view[name];
        if (value === null || value === "" || value === "kind" || (Array.isArray(value) && !value.length)) continue;
        const text = name === "from" || name === "to" ? new Date(value as number).toISOString() : String(value);
        written.push([NAMES[name] ?? name, text]);
    }
    if (EMBEDDED && only.length > FILTERS.length) written.push(["embed", "1"]);
    // Commas and colons need no escape in a query, and stay readable.
    return written
        .map(([name, text]) => `${name}=${encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3A/g, ":")}`)
        .join("&");
}

/** The filters alone, as the feeds take them. */
export const filtersOf = (view: View) => addressOf(view, FILTERS);

type Listener = (view: View, changed: Set<keyof View>) => void;

export class State {
    view: View = read();
    /** What was known at a moment, if that is what the address asks for: `known` is then still to be found. */
    readonly moment = this.view.known === null && new URLSearchParams(location.search).get("known");
    private listeners: Listener[] = [];
    private timer: ReturnType<typeof setTimeout> | undefined;

    listen(listener: Listener): void {
        this.listeners.push(listener);
    }

    change(patch: Partial<View>): void {
        const changed = new Set<keyof View>();
        for (const name of Object.keys(patch) as (keyof View)[]) {
            if (String(this.view[name]) !== String(patch[name])) changed.add(name);
        }
        if (!changed.size) return;
        this.view = { ...this.view, ...patch };
        for (const listener of this.listeners) listener(this.view, changed);
        clearTimeout(this.timer); // browsers limit how often an address may change
        this.timer = setTimeout(() => {
            const address = addressOf(this.view);
            history.replaceState(null, "", address ? `?${address}` : location.pathname);
        }, 150);
    }
}
