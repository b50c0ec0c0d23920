/** The chart: lanes of marks along an axis of time. It is drawn by hand; what it shows, the list says as well. */
import { momentOf, type Tick, ticksOf } from "./dates";
import { eachFrame, s } from "./dom";
import type { Lane } from "./lanes";
import { pack } from "./lanes";
import { BARE_ROW, BARS, drawBars, drawMark, extentOf, fades, isSeen, LANE_HEAD, ROW, type Scale, textWidth } from "./marks";
import type { View } from "./state";

const AXIS = 34;

export interface Window {
    from: number;
    to: number;
}

export class Chart {
    readonly svg = s("svg", { class: "chart", "aria-hidden": "true", focusable: "false" });
    window: Window = { from: 0, to: 0 };
    private width = 300; // until it is measured: less than any screen, which it would widen
    private height = 0;
    private lanes: Lane[] = [];
    private readonly layer = s("g");
    private readonly ground = s("g");
    /** Stays in view when the lanes are scrolled. */
    private readonly head = s("g", { class: "head" });
    /** The window that was drawn: until the next drawing the layer is only moved. */
    private drawn: Window = { from: 0, to: 1 };
    private fresh = new Set<string>();
    private readonly redraw = eachFrame(() => this.draw());
    private readonly shift = eachFrame(() => this.move());

    constructor(
        private readonly colorOf: (kind: string) => number,
        private view: View,
    ) {
        this.svg.append(fades(), this.ground, this.layer, this.head);
    }

    scroll(top: number): void {
        this.head.setAttribute("transform", `translate(0 ${top})`);
    }

    /** Brings the chosen event into view. */
    reveal(): void {
        const span = this.lanes
            .flatMap((lane) => lane.marks)
            .find((mark) => mark.event.eventId === this.view.event)?.span;
        if (!span) return;
        const [first, last] = [span.startLo, Math.max(span.endHi ?? span.startHi, span.startHi)];
        if (last < this.window.from || first > this.window.to) {
            const center = Number.isFinite(first) ? first : last;
            this.window = { from: center - this.span / 2, to: center + this.span / 2 };
        }
        this.draw();
        this.svg.querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
    }

    show(lanes: Lane[], view: View, fresh: Set<string> = new Set()): void {
        this.lanes = lanes;
        this.view = view;
        this.fresh = fresh;
        this.redraw();
    }

    resize(width: number): void {
        this.width = width;
        this.redraw();
    }

    look(window: Window): void {
        const zoomed = Math.abs(this.span - (window.to - window.from)) > this.span * 1e-9;
        this.window = window;
        const moved = ((window.from - this.drawn.from) / (window.to - window.from)) * this.width;
        if (zoomed || Math.abs(moved) > this.width * 0.45) this.redraw();
        else this.shift();
    }

    /** After a movement: everything is put where it belongs. */
    settle(): void {
        this.redraw();
    }

    get span(): number {
        return this.window.to - this.window.from;
    }

    time(x: number): number {
        return this.window.from + (x / this.width) * this.span;
    }

    private scale(): Scale {
        const perMs = this.width / this.span;
        return {
            x: (time) => (time - this.window.from) * perMs,
            left: -this.width / 2,
            right: this.width * 1.5,
            width: this.width,
        };
    }

    private move(): void {
        const by = ((this.drawn.from - this.window.from) / this.span) * this.width;
        this.layer.setAttribute("transform", `translate(${by} 0)`);
        for (const part of this.svg.querySelectorAll(".axis")) part.setAttribute("transform", `translate(${by} 0)`);
    }

    private draw(): void {
        if (this.window.from === this.window.to) return; // nothing was loaded yet
        this.drawn = { ...this.window };
        const scale = this.scale();
        const marks = document.createDocumentFragment();
        const heads = document.createDocumentFragment();
        const highest = Math.max(1, ...this.lanes.flatMap((lane) => lane.bars.map((bar) => bar.count)));
        const at = momentOf(this.view.at);
        let top = AXIS;
        for (const lane of this.lanes) {
            const seen = { ...lane, marks: lane.marks.filter((mark) => isSeen(mark, scale)) };
            pack(seen, (mark, labelled) => extentOf(mark, scale, labelled));
            const height = lane.bars.length
                ? BARS
                : seen.rows * (seen.labelled ? ROW : BARE_ROW) + (seen.labelled ? 0 : 8);
            heads.append(s("line", { class: "rule", x1: 0, x2: this.width, y1: top, y2: top }));
            heads.append(s("text", { class: "lane", x: 6, y: top + 19 }, lane.label));
            const color = this.colorOf(lane.key);
            if (lane.bars.length) marks.append(drawBars(lane, scale, top + LANE_HEAD - 8, color, highest));
            for (const mark of seen.marks) {
                const later = at !== null && mark.span.startLo >= at;
                const classes = [
                    mark.event.eventId === this.view.event && "chosen",
                    later && "later",
                    this.fresh.has(mark.event.eventId) && "fresh",
                    mark.event.disputes?.length && "disputed",
                ];
                marks.append(
                    drawMark(
                        mark,
                        scale,
                        top + LANE_HEAD - 4,
                        this.colorOf(mark.event.kind),
                        classes.filter(Boolean).join(" "),
                        seen.labelled,
                    ),
                );
            }
            top += LANE_HEAD + height;
        }
        this.height = Math.max(top + 8, 160);
        if (at !== null)
            marks.append(s("line", { class: "cursor", x1: scale.x(at), x2: scale.x(at), y1: AXIS, y2: this.height }));
        const ticks = this.ticks();
        this.ground.replaceChildren(
            s("g", { class: "axis" }, ...ticks.map((tick) => this.rule(tick, scale.x(tick.time)))),
            heads,
        );
        this.head.replaceChildren(
            s("rect", { class: "paper", width: this.width, height: AXIS }),
            s("line", { class: "rule", x2: this.width, y1: AXIS, y2: AXIS }),
            s(
                "g",
                { class: "axis" },
                ...this.labels(ticks, scale.x),
                at !== null && this.handle(scale.x(at)),
            ),
        );
        this.layer.replaceChildren(marks);
        this.layer.removeAttribute("transform");
        this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
        this.svg.setAttribute("height", String(this.height));
        this.svg.setAttribute("width", String(this.width));
    }

    private ticks(): Tick[] {
        const count = Math.max(4, this.width / 65);
        const seen = ticksOf(this.window.from, this.window.to, count / 2);
        const all = ticksOf(this.window.from - this.span / 2, this.window.to + this.span / 2, count);
        return all.map((tick) => (tick.time === seen[0]?.time ? { ...tick, text: tick.whole } : tick));
    }

    private rule(tick: Tick, x: number): SVGElement {
        return s("line", { class: tick.strong ? "tick strong" : "tick", x1: x, x2: x, y1: AXIS - 8, y2: this.height });
    }

    /** Without those that the one before runs into, or the edge cuts. */
    private labels(ticks: Tick[], x: (time: number) => number): SVGElement[] {
        let end = -Infinity;
        return ticks.flatMap((tick) => {
            const left = x(tick.time) + 4;
            const right = left + textWidth(tick.text);
            const cut = (edge: number) => left < edge && right > edge;
            if (left < end || cut(0) || cut(this.width)) return [];
            end = right + 6;
            return [s("text", { class: tick.strong ? "time strong" : "time", x: left, y: 21 }, tick.text)];
        });
    }

    private handle(x: number): SVGElement {
        return s("circle", { class: "cursor", cx: x, cy: AXIS - 7, r: 4 });
    }
}
