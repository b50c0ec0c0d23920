/** How one event is drawn, and how many: dots, fades between earliest and latest, bars, arrows where it is open. */
import { s } from "./dom";
import type { Lane, Mark } from "./lanes";
import type { Bar } from "./types";

export const ROW = 30;
export const BARE_ROW = 15; // where there are no labels
export const LANE_HEAD = 30;
export const BARS = 46; // px that the highest bar of a lane takes
const DOT = 5;
const GAP = 9; // px between a dot and its label: a chosen dot is larger
const NARROW = 16; // px below which a stretch of time is a dot
const THICK = 7;

export interface Scale {
    x(time: number): number;
    /** What is drawn: more than is seen, so that the chart can be moved before it is drawn anew. */
    left: number;
    right: number;
    /** What is seen, while nothing is moved. */
    width: number;
}

const canvas = document.createElement("canvas").getContext("2d")!;
const widths = new Map<string, number>();

export function textWidth(text: string): number {
    if (!widths.has(text)) {
        canvas.font = '13px system-ui, "Segoe UI", Roboto, sans-serif';
        widths.set(text, canvas.measureText(text).width);
    }
    return widths.get(text)!;
}

const shortened = new Map<string, string>();

function labelOf(text: string, most: number): string {
    const key = `${most} ${text}`;
    if (!shortened.has(key)) {
        let short = text;
        while (textWidth(short) > most) short = short.slice(0, -Math.ceil(short.length / 20));
        shortened.set(key, short === text ? text : `${short.trimEnd()}…`);
    }
    return shortened.get(key)!;
}

const longestLabel = (width: number) => Math.round(Math.min(Math.max(340, width * 0.4), width * 0.62));

interface Shape {
    left: number;
    right: number;
    dot: boolean;
    /** Where its label begins, or where it ends if it is turned to stand before the dot. */
    label: number;
    turned: boolean;
    labelled: string;
}

function shapeOf({ span, event }: Mark, scale: Scale): Shape {
    const x = (time: number) => Math.min(Math.max(scale.x(time), scale.left), scale.right);
    const left = x(span.startLo);
    const right = x(span.endHi === null ? span.startHi : Math.max(span.endHi, span.startHi));
    const dot = right - left < NARROW;
    const labelled = labelOf(event.headline, longestLabel(scale.width));
    const length = textWidth(labelled);
    const last = scale.width - length - 6; // where a label has to begin to be seen whole
    if (!dot) {
        const label =
            left < 6 ? Math.min(6, right) : left < scale.width - 40 ? Math.max(6, Math.min(left, last)) : left;
        return { left, right, dot, label, turned: false, labelled };
    }
    const center = (left + right) / 2;
    const [before, after] = [center - DOT - GAP, center + DOT + GAP];
    const turned = after > last && center < scale.width && before > length;
    return { left, right, dot, label: turned ? before : after, turned, labelled };
}

/** The px that a mark takes, with its label or without. */
export function extentOf(mark: Mark, scale: Scale, withLabel: boolean): [number, number] {
    const { left, right, dot, label, turned, labelled } = shapeOf(mark, scale);
    if (!withLabel) return dot ? [(left + right) / 2 - DOT, (left + right) / 2 + DOT + 2] : [left, right + 2];
    const first = turned ? label - textWidth(labelled) : label;
    return [Math.min(left, first) - (dot ? DOT : 0), Math.max(right, first + textWidth(labelled)) + 14];
}

export function isSeen(mark: Mark, scale: Scale): boolean {
    const { startLo, startHi, endHi } = mark.span;
    return scale.x(startLo) <= scale.right && scale.x(Math.max(endHi ?? startHi, startHi)) >= scale.left;
}

export function drawMark(
    mark: Mark,
    scale: Scale,
    top: number,
    color: number,
    more: string,
    labelled: boolean,
): SVGGElement {
    const shape = shapeOf(mark, scale);
    const height = labelled ? ROW : BARE_ROW;
    const y = top + mark.row * height;
    const group = s("g", {
        class: `mark c${color} ${more}`,
        "data-event": mark.event.eventId,
        transform: `translate(0 ${y})`,
    });
    group.append(s("title", {}, `${mark.event.headline} – ${mark.event.occurred?.text ?? ""}`));
    const middle = labelled ? 15 : BARE_ROW / 2;
    if (shape.dot) {
        const x = (shape.left + shape.right) / 2;
        group.append(
            s("rect", { class: "hit", x: x - 12, y: 0, width: 24, height }),
            s("circle", { class: "dot", cx: x, cy: middle, r: DOT }),
        );
    } else {
        group.append(s("rect", { class: "hit", x: shape.left, y: 0, width: shape.right - shape.left, height }));
        const bars = s(
            "g",
            { class: "span", transform: `translate(0 ${labelled ? 19 : middle - THICK / 2})` },
            ...pieces(mark, scale, color),
        );
        group.append(bars);
    }
    const inView = shape.right >= 0 && shape.left <= scale.width; // else its label would stand alone, or half of it
    if (labelled && inView) {
        const anchor = shape.turned ? "end" : null;
        const given = { class: "label", x: shape.label, y: shape.dot ? 19.5 : 13, "text-anchor": anchor };
        group.append(s("text", given, shape.labelled));
    }
    return group;
}

function pieces({ span }: Mark, scale: Scale, color: number): SVGElement[] {
    const x = (time: number) => Math.min(Math.max(scale.x(time), scale.left), scale.right);
    const bar = (from: number, to: number, fill: string) =>
        s("rect", { x: from, width: Math.max(to - from, 0), height: THICK, rx: fill.startsWith("url") ? 0 : 2, fill });
    const solid = "currentColor";
    if (span.endHi === null) {
        const shape = span.startLo === -Infinity ? "in" : span.startHi === Infinity ? "out" : "both";
        return [bar(x(span.startLo), x(span.startHi), `url(#${shape}${color})`)];
    }
    const [a, b] = [x(span.startLo), x(span.startHi)];
    const [c, d] = [x(span.endLo!), x(span.endHi)];
    const found: SVGElement[] = [];
    if (b - a > 0.5) found.push(bar(a, Math.min(b, d), `url(#in${color})`));
    const end = Math.max(c, b);
    found.push(
        bar(
            span.startHi === -Infinity ? Math.max(b, 8) : b,
            span.endLo === Infinity ? Math.min(end, scale.width - 8) : end,
            solid,
        ),
    );
    if (d - end > 0.5) found.push(bar(end, d, `url(#out${color})`));
    if (span.endHi === Infinity) found.push(arrow(Math.min(d, scale.width - 4), 1));
    if (span.startHi === -Infinity) found.push(arrow(Math.max(a, 4), -1));
    return found;
}

function arrow(x: number, way: number): SVGElement {
    return s("path", { class: "arrow", d: `M${x - way * 10} -2.5L${x} 3.5L${x - way * 10} 9.5Z` });
}

/** The lane's counts, as bars on its ground; each zooms in on its stretch of time. */
export function drawBars(lane: Lane, scale: Scale, top: number, color: number, highest: number): SVGGElement {
    const group = s("g", { class: `bars c${color}`, transform: `translate(0 ${top})` });
    for (const bar of lane.bars) {
        const [left, right] = [scale.x(Date.parse(bar.start)), scale.x(Date.parse(bar.end))];
        if (right < scale.left || left > scale.right) continue;
        group.append(drawBar(bar, left, right - left, highest));
    }
    return group;
}

function drawBar(bar: Bar, left: number, width: number, highest: number): SVGGElement {
    const height = Math.max(3, Math.sqrt(bar.count / highest) * (BARS - 14));
    const text = bar.count.toLocaleString("en", { notation: "compact" });
    const one = s("g", { class: "bar", "data-from": bar.start, "data-to": bar.end });
    one.append(s("title", {}, `${bar.count.toLocaleString("en")} events`));
    one.append(s("rect", { class: "hit", x: left, y: 0, width, height: BARS }));
    one.append(
        s("rect", {
            x: left + 1,
            y: BARS - height,
            width: Math.max(width - 2, 1),
            height,
            rx: 2,
            fill: "currentColor",
        }),
    );
    if (textWidth(text) < width - 2)
        one.append(s("text", { class: "count", x: left + width / 2, y: BARS - height - 4 }, text));
    return one;
}

/** Three fades in each colour: in, out, and both. */
export function fades(): SVGDefsElement {
    const stops = { in: [0, 1], out: [1, 0], both: [0.12, 0.95, 0.12] };
    const defs = s("defs");
    for (let color = 0; color < 8; color++) {
        for (const [name, opacities] of Object.entries(stops)) {
            const gradient = s("linearGradient", { id: `${name}${color}` });
            opacities.forEach((opacity, index) => {
                const offset = index / (opacities.length - 1);
                gradient.append(
                    s("stop", { class: `c${color}`, offset, "stop-color": "currentColor", "stop-opacity": opacity }),
                );
            });
            defs.append(gradient);
        }
    }
    return defs;
}
