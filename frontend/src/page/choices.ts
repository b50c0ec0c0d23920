/** What there is to choose from, gathered from all that was seen: a filter must not take away the other choices. */
import type { View } from "./state";
import type { Bar, Happening } from "./types";

export class Choices {
    readonly kinds = new Set<string>();
    /** Names by ref. */
    readonly entities = new Map<string, string>();
    readonly hosts = new Set<string>();

    gather(events: Happening[]): void {
        for (const { kind, entities, sources } of events) {
            this.kinds.add(kind);
            for (const { entity } of entities) this.entities.set(entity.ref, entity.name);
            for (const { url } of sources) if (url) this.hosts.add(hostOf(url));
        }
    }

    gatherBars(bars: Bar[], lanes: View["lanes"]): void {
        for (const { group } of bars) {
            if (group && lanes === "kind") this.kinds.add(group);
            else if (group && !this.entities.has(group)) this.entities.set(group, group.replace(/^.*:/, ""));
        }
    }
}

export const hostOf = (url: string) => new URL(url).hostname.replace(/^www\./, "");

/** The entities that events name, those first that they name most. */
export function mostNamed(events: Happening[]): string[] {
    const counts = new Map<string, number>();
    for (const { entities } of events) {
        for (const ref of new Set(entities.map(({ entity }) => entity.ref)))
            counts.set(ref, (counts.get(ref) ?? 0) + 1);
    }
    return [...counts].sort(([, a], [, b]) => b - a).map(([ref]) => ref);
}
