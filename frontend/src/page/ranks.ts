/** A number that each entity has per something else, over time: where an app stood on a chart. */
import { ask } from "./api";
import { knownAt } from "./data";
import { h, s } from "./dom";
import { kindText } from "./lanes";
import type { Window } from "./chart";
import type { State, View } from "./state";
import { spanOf } from "./dates";
import type { FuzzyDate } from "./types";

interface Point {
    value: number | null;
    text: string;
    since: FuzzyDate;
    until: FuzzyDate | null;
    event: { eventId: string };
}

interface Line {
    entity: { name: string };
    points: Point[];
}

/** An attribute, and what it is per. */
interface Option {
    attribute: string;
    key: string;
    title: string;
}

const DATE = "text start { earliest latest } end { earliest latest }";
const KEYS = `query ($slug: ID!, $kinds: [String!]!, $known: KnownAt) {
  timeline(slug: $slug) { entities(filter: { kinds: $kinds }, knownAt: $known, first: 50) { nodes { ref kind name } } }
}`;
const SERIES = `query ($slug: ID!, $attribute: String!, $key: ID!, $entities: [ID!]!, $known: KnownAt) {
  timeline(slug: $slug) {
    series(attribute: $attribute, key: $key, entities: $entities, knownAt: $known) {
      entity { name }
      points { value text since { ${DATE} } until { ${DATE} } event { eventId } }
    }
  }
}`;
const HEIGHT = 170;
const TOP = 14;

export class Ranks {
    readonly element = h("section", { class: "ranks", "aria-labelledby": "ranks", hidden: true });
    private readonly choice = h("select", { "aria-label": "Which number" });
    private readonly svg = s("svg", { class: "chart", "aria-hidden": "true", height: HEIGHT });
    private readonly told = h("ul", { class: "visually-hidden" });
    private lines: Line[] = [];
    private attributes: { attribute: string; kind: string }[] | null = null;
    private asked: AbortController | null = null;
    private refs: string[] = [];
    private window: Window = { from: 0, to: 0 };
    private width = 0;

    constructor(
        private readonly slug: string,
        private readonly state: State,
    ) {
        this.choice.addEventListener("change", () => this.show(this.state.view, this.refs));
        this.svg.addEventListener("click", (event) => {
            const mark = (event.target as Element).closest<SVGElement>("[data-event]");
            if (mark) this.state.change({ event: mark.dataset.event! });
        });
        const title = h("h2", { id: "ranks" }, "Over time");
        this.element.append(h("header", {}, title, this.choice), this.svg, this.told);
    }

    /** Of those among `refs` that have such a number: the first eight of them. */
    async show(view: View, refs: string[]): Promise<void> {
        this.refs = refs;
        this.asked?.abort();
        this.asked = new AbortController();
        const { signal } = this.asked;
        try {
            this.attributes ??= await perKey();
            const options = await this.options(view, signal);
            const chosen = options.find(({ title }) => title === this.choice.value) ?? options[0];
            this.choice.replaceChildren(
                ...options.map((one) => h("option", { value: one.title, selected: one === chosen }, one.title)),
            );
            this.lines = chosen ? await this.series(chosen, view, signal) : [];
        } catch {
            return; // what it would add is in the list as well
        }
        this.element.hidden = !this.lines.length;
        this.draw();
    }

    private async series({ attribute, key }: Option, view: View, signal: AbortSignal): Promise<Line[]> {
        const kind = attribute.replace(/\..*/, ":");
        const entities = this.refs.filter((ref) => ref.startsWith(kind)).slice(0, 8);
        if (!entities.length) return [];
        const given = { slug: this.slug, attribute, key, entities, known: knownAt(view) };
        return (await ask<any>(SERIES, given, signal)).timeline.series;
    }

    private async options(view: View, signal: AbortSignal): Promise<Option[]> {
        const kinds = [...new Set(this.attributes!.map(({ kind }) => kind))];
        if (!kinds.length) return [];
        const { timeline } = await ask<any>(KEYS, { slug: this.slug, kinds, known: knownAt(view) }, signal);
        return this.attributes!.flatMap(({ attribute, kind }) =>
            timeline.entities.nodes
                .filter((entity: any) => entity.kind === kind)
                .map((entity: any) => ({
                    attribute,
                    key: entity.ref,
                    title: `${kindText(attribute.replace(/^[^.]*\./, ""))}: ${entity.name}`,
                })),
        );
    }

    look(window: Window, width: number): void {
        this.window = window;
        this.width = width;
        if (!this.element.hidden) this.draw();
    }

    private draw(): void {
        if (!this.width || this.window.from === this.window.to) return;
        const { lines } = this;
        const values = lines.flatMap((line) =>
            line.points.flatMap((point) => (point.value === null ? [] : [point.value])),
        );
        const [least, most] = [Math.min(...values), Math.max(...values, Math.min(...values) + 1)];
        const y = (value: number) => TOP + 14 + ((value - least) / (most - least)) * (HEIGHT - 2 * TOP - 28); // 1 is the top
        this.svg.setAttribute("viewBox", `0 0 ${this.width} ${HEIGHT}`);
        this.svg.setAttribute("width", String(this.width));
        const rules = [...new Set(values)]
            .sort((a, b) => a - b)
            .filter((_, index, all) => index % Math.ceil(all.length / 6) === 0);
        this.svg.replaceChildren(
            ...rules.flatMap((value) => [
                s("line", { class: "rule", x2: this.width, y1: y(value), y2: y(value) }),
                s("text", { class: "time", x: 6, y: y(value) - 5 }, String(value)),
            ]),
            ...lines.slice(0, 8).map((line, index) => this.line(line, index, y)),
        );
        this.told.replaceChildren(
            ...lines.map((line) =>
                h(
                    "li",
                    {},
                    `${line.entity.name}: ${line.points.map((point) => `${point.text} (${point.since.text})`).join(", ")}`,
                ),
            ),
        );
    }

    /** Solid where it certainly held, dotted where it may have held already. */
    private line(line: Line, index: number, y: (value: number) => number): SVGElement {
        const group = s("g", { class: `mark c${index % 8}` });
        const x = (time: number) =>
            Math.min(
                Math.max(((time - this.window.from) / (this.window.to - this.window.from)) * this.width, -20),
                this.width + 20,
            );
        let path = "";
        let before: number | null = null;
        for (const { value, since, until, event, text } of line.points) {
            if (value === null) {
                before = null;
                continue;
            }
            const { startLo, startHi } = spanOf(since);
            const end = until ? spanOf(until).startHi : Infinity;
            const [a, b, c] = [x(startLo), x(startHi), x(end)];
            group.append(s("path", { class: "maybe", d: `M${a} ${y(value)}H${b}` }));
            path += `${before === null ? `M${b} ${y(value)}` : `L${b} ${before}V${y(value)}`}H${c}`;
            before = y(value);
            if (b >= 0)
                group.append(
                    s(
                        "circle",
                        { class: "dot", cx: b, cy: y(value), r: 5, "data-event": event.eventId },
                        s("title", {}, `${line.entity.name}: ${text}, ${since.text}`),
                    ),
                );
        }
        const last = line.points.at(-1);
        group.append(s("path", { class: "step", d: path }));
        if (last && last.value !== null) {
            group.append(
                s(
                    "text",
                    { class: "label", x: this.width - 8, y: y(last.value) - 8, "text-anchor": "end" },
                    line.entity.name,
                ),
            );
        }
        return group;
    }
}

/** The attributes that are whole numbers for each entity of some kind. */
async function perKey(): Promise<{ attribute: string; kind: string }[]> {
    const { entityKinds } = await ask<any>("{ entityKinds { name attributes { name type rule } } }");
    return entityKinds.flatMap((kind: any) =>
        kind.attributes.flatMap((one: any) => {
            const per = one.type === "integer" && / per ref\((\w+)\)$/.exec(one.rule ?? "");
            return per ? [{ attribute: `${kind.name}.${one.name}`, kind: per[1]! }] : [];
        }),
    );
}
