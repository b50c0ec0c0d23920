/** The events that a view shows: all of them if they are few, else those of the stretch in view, or their counts. */
import { ask } from "./api";
import { DAY, dayEdtf, periodFor } from "./dates";
import type { View } from "./state";
import type { Bar, Basis, Happening } from "./types";

const PAGE = 200;
export const FEW = 2_000; // up to so many are loaded whole

export interface Loaded {
    /** As known at this basis. */
    basis: Basis;
    total: number;
    events: Happening[];
    extent: [number, number] | null;
    /** Whether `events` are all of them. */
    complete: boolean;
}

export interface Stretch {
    from: number;
    to: number;
    total: number;
    events: Happening[];
    /** Counts by lane, where there are too many events for marks. */
    bars: Bar[] | null;
}

const EVENT = `eventId kind position headline
    occurred { edtf text start { earliest latest } end { earliest latest } }
    entities { role entity { ref name } }
    sources { url publisher }
    disputes { eventId }`;

export function filterOf(view: View): object {
    return {
        kinds: view.kinds.length ? view.kinds : null,
        entities: view.entities.length ? view.entities : null,
        sourceHost: view.source || null,
        ...(view.search ? { search: view.search } : {}),
    };
}

export const knownAt = (view: View) => (view.known === null ? null : { position: view.known });

/** The head's position at a moment. */
export async function positionAt(slug: string, moment: string): Promise<number | null> {
    const query = `query ($slug: ID!, $moment: DateTime!) {
    timeline(slug: $slug) { events(knownAt: { time: $moment }, first: 1) { basis { position } } }
  }`;
    return (await ask<any>(query, { slug, moment })).timeline?.events.basis.position ?? null;
}

export async function load(slug: string, view: View, signal: AbortSignal): Promise<Loaded> {
    const pages = `query ($slug: ID!, $filter: EventFilter, $known: KnownAt, $after: String) {
    timeline(slug: $slug) {
      events(filter: $filter, knownAt: $known, first: ${PAGE}, after: $after) {
        nodes { ${EVENT} }
        pageInfo { endCursor hasNextPage }
        basis { position recordedAt }
      }
    }
  }`;
    // A question of its own: where there are many events, it takes as long as the page.
    const sums = `query ($slug: ID!, $filter: EventFilter, $known: KnownAt) {
    timeline(slug: $slug) {
      extent(filter: $filter, knownAt: $known) { earliest latest }
      events(filter: $filter, knownAt: $known, first: 1) { totalCount }
    }
  }`;
    const given = { slug, filter: filterOf(view), known: knownAt(view) };
    const [first, sum] = await Promise.all([ask<any>(pages, given, signal), ask<any>(sums, given, signal)]);
    let page = first.timeline.events;
    const total = sum.timeline.events.totalCount;
    const found: Loaded = {
        basis: page.basis,
        total,
        events: page.nodes,
        extent: extentOf(sum.timeline.extent),
        complete: total <= FEW,
    };
    while (found.complete && page.pageInfo.hasNextPage) {
        const following = { ...given, known: { position: found.basis.position }, after: page.pageInfo.endCursor };
        page = (await ask<any>(pages, following, signal)).timeline.events;
        found.events.push(...page.nodes);
    }
    found.total = Math.max(total, found.complete ? found.events.length : 0);
    return found;
}

function extentOf(bounds: { earliest: string | null; latest: string | null } | null): [number, number] | null {
    if (!bounds) return null;
    const first = bounds.earliest ?? bounds.latest!;
    const last = bounds.latest ?? bounds.earliest!;
    return [Date.parse(first), Date.parse(last)];
}

/** What lies between two moments, for a chart `width` px wide: events if they are few, else counts as well. */
export async function loadStretch(
    slug: string,
    view: View,
    loaded: Loaded,
    from: number,
    to: number,
    width: number,
    signal: AbortSignal,
): Promise<Stretch> {
    const all = loaded.extent !== null && from <= loaded.extent[0] && to >= loaded.extent[1];
    const occurred = all ? {} : { occurred: `${dayEdtf(from)}/${dayEdtf(to + DAY)}` };
    const given = { slug, filter: { ...filterOf(view), ...occurred }, known: knownAt(view) };
    const found: Stretch = { from, to, total: loaded.total, events: loaded.events, bars: null };
    if (!all) {
        const query = `query ($slug: ID!, $filter: EventFilter, $known: KnownAt) {
      timeline(slug: $slug) { events(filter: $filter, knownAt: $known, first: ${PAGE}) { nodes { ${EVENT} } totalCount } }
    }`;
        const { events } = (await ask<any>(query, given, signal)).timeline;
        Object.assign(found, { total: events.totalCount, events: events.nodes });
    }
    if (found.total > PAGE)
        found.bars = await loadBars(
            { ...given, group: view.lanes === "entity" ? "ENTITY" : "KIND" },
            ((to - from) / width) * 20,
            signal,
        );
    return found;
}

/** Counts per period of at least so many ms; longer ones where those would be too many. */
async function loadBars(given: object, least: number, signal: AbortSignal): Promise<Bar[]> {
    const query = `query ($slug: ID!, $filter: EventFilter, $known: KnownAt, $by: Period!, $group: HistogramGroup!) {
    timeline(slug: $slug) { histogram(by: $by, groupBy: $group, filter: $filter, knownAt: $known) { start end count group } }
  }`;
    const by = periodFor(least);
    try {
        return (await ask<any>(query, { ...given, by }, signal)).timeline.histogram;
    } catch (error) {
        if ((error as { code?: string }).code !== "TOO_LARGE" || by === "CENTURY") throw error;
        return loadBars(given, least * 4, signal);
    }
}
