/** The events that a view shows: all of them if they are few, else those of the stretch in view, or their counts. */
import { ask, type Features } from "./api";
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

function eventFields(known: Features): string {
  return `eventId kind position headline
    occurred { edtf text start { earliest latest } end { earliest latest } }
    entities { role entity { ref name } }
    sources { url publisher }
    ${known.event.has("disputes") ? "disputes { eventId }" : ""}`;
}

export function filterOf(view: View): object {
  return {
    kinds: view.kinds.length ? view.kinds : null,
    entities: view.entities.length ? view.entities : null,
    sourceHost: view.source || null,
    ...(view.search ? { search: view.search } : {}),
  };
}

export const knownAt = (view: View) => (view.known === null ? null : { position: view.known });

export async function load(slug: string, view: View, known: Features, signal: AbortSignal): Promise<Loaded> {
  const query = `query ($slug: ID!, $filter: EventFilter, $known: KnownAt, $after: String, $more: Boolean!) {
    timeline(slug: $slug) {
      extent(filter: $filter, knownAt: $known) @skip(if: $more) { earliest latest }
      events(filter: $filter, knownAt: $known, first: ${PAGE}, after: $after) {
        nodes { ${eventFields(known)} }
        pageInfo { endCursor hasNextPage }
        totalCount @skip(if: $more)
        basis { position recordedAt }
      }
    }
  }`;
  const given = { slug, filter: filterOf(view), known: knownAt(view), after: null as string | null, more: false };
  const { timeline } = await ask<any>(query, given, signal);
  let page = timeline.events;
  const found: Loaded = {
    basis: page.basis,
    total: page.totalCount,
    events: page.nodes,
    extent: extentOf(timeline.extent),
    complete: page.totalCount <= FEW,
  };
  while (found.complete && page.pageInfo.hasNextPage) {
    const following = { ...given, known: { position: found.basis.position }, after: page.pageInfo.endCursor, more: true };
    page = (await ask<any>(query, following, signal)).timeline.events;
    found.events.push(...page.nodes);
  }
  return found;
}

function extentOf(bounds: { earliest: string | null; latest: string | null } | null): [number, number] | null {
  if (!bounds) return null;
  const first = bounds.earliest ?? bounds.latest!;
  const last = bounds.latest ?? bounds.earliest!;
  return [Date.parse(first), Date.parse(last)];
}

/** What lies between two moments, in lanes `width` px wide. */
export async function loadStretch(
  slug: string, view: View, known: Features, from: number, to: number, width: number, signal: AbortSignal,
): Promise<Stretch> {
  const filter = { ...filterOf(view), occurred: `${dayEdtf(from)}/${dayEdtf(to + DAY)}` };
  const group = view.lanes === "entity" ? "ENTITY" : "KIND";
  const query = `query ($slug: ID!, $filter: EventFilter, $known: KnownAt, $by: Period!, $group: HistogramGroup!) {
    timeline(slug: $slug) {
      events(filter: $filter, knownAt: $known, first: ${PAGE}) { nodes { ${eventFields(known)} } totalCount }
      histogram(by: $by, groupBy: $group, filter: $filter, knownAt: $known) { start end count group }
    }
  }`;
  for (let least = ((to - from) / width) * 20; ; least *= 4) {
    try {
      const given = { slug, filter, known: knownAt(view), by: periodFor(least), group };
      const { timeline } = await ask<any>(query, given, signal);
      const { nodes, totalCount } = timeline.events;
      return { from, to, total: totalCount, events: nodes, bars: totalCount > PAGE ? timeline.histogram : null };
    } catch (error) {
      // Too many bars: longer ones, as long as there are any.
      if ((error as { code?: string }).code !== "TOO_LARGE" || periodFor(least) === "CENTURY") throw error;
    }
  }
}
