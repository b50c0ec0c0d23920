/** From events to lanes, and from lanes to rows: where each mark goes. */
import { spanOf, type Span } from "./dates";
import type { View } from "./state";
import type { Bar, Happening } from "./types";

export interface Mark {
    event: Happening;
    span: Span;
    /** Of the lane that it is in. */
    row: number;
}

export interface Lane {
    key: string;
    label: string;
    marks: Mark[];
    bars: Bar[];
    rows: number;
    labelled: boolean;
}

/** "chart.milestone" for people: Chart milestone. */
export function kindText(kind: string): string {
    const words = kind.replace(/[._-]/g, " ");
    return words[0]!.toUpperCase() + words.slice(1);
}

/**
 * By kind, or by entity: an event stands in the lane of each entity that was chosen, or of the first that it names.
 * Lanes with the most events come first, and last what only says more about entities.
 */
export function lanesOf(events: Happening[], view: View, bars: Bar[] | null, names: Map<string, string>): Lane[] {
    const lanes = new Map<string, Lane>();
    const lane = (key: string, label: string) => {
        if (!lanes.has(key)) lanes.set(key, { key, label, marks: [], bars: [], rows: 1, labelled: true });
        return lanes.get(key)!;
    };
    const label = (key: string) =>
        view.lanes === "kind" ? kindText(key) : (names.get(key) ?? key.replace(/^.*:/, ""));
    if (bars) {
        for (const bar of bars) lane(bar.group ?? "", label(bar.group ?? "")).bars.push(bar);
    } else {
        for (const event of events) {
            if (!event.occurred) continue;
            for (const key of keysOf(event, view))
                lane(key, label(key)).marks.push({ event, span: spanOf(event.occurred), row: 0 });
        }
    }
    const size = (one: Lane) => one.marks.length + one.bars.reduce((sum, bar) => sum + bar.count, 0);
    const aside = (one: Lane) => Number(one.key.startsWith("entity."));
    return [...lanes.values()]
        .sort((a, b) => aside(a) - aside(b) || size(b) - size(a) || (a.label < b.label ? -1 : 1))
        .slice(0, MOST);
}

const MOST = 40; // lanes: more than that nobody reads

function keysOf(event: Happening, view: View): string[] {
    if (view.lanes === "kind") return [event.kind];
    const named = [...new Set(event.entities.map(({ entity }) => entity.ref))];
    const chosen = named.filter((ref) => view.entities.includes(ref));
    return chosen.length ? chosen : [named[0] ?? "none"];
}

const MOST_ROWS = 10; // of marks with labels
const MOST_BARE = 16;

/**
 * Gives each mark the first row where it fits, given the px that it takes with its label and without. A lane that is too
 * crowded for labels goes without.
 */
export function pack(lane: Lane, extent: (mark: Mark, labelled: boolean) => [number, number]): void {
    lane.labelled = place(lane, MOST_ROWS, (mark) => extent(mark, true));
    if (!lane.labelled) place(lane, MOST_BARE, (mark) => extent(mark, false));
}

/** Whether all of them fit; what does not is laid over what stands there. */
function place(lane: Lane, most: number, extent: (mark: Mark) => [number, number]): boolean {
    const ends: number[] = [];
    let fits = true;
    const placed = lane.marks.map((mark) => ({ mark, extent: extent(mark) })).sort((a, b) => a.extent[0] - b.extent[0]);
    for (const {
        mark,
        extent: [left, right],
    } of placed) {
        let row = ends.findIndex((end) => end < left);
        if (row < 0 && ends.length < most) row = ends.length;
        if (row < 0) {
            fits = false;
            row = ends.indexOf(Math.min(...ends));
        }
        mark.row = row;
        ends[row] = Math.max(ends[row] ?? -Infinity, right);
    }
    lane.rows = Math.max(1, ends.length);
    return fits;
}
