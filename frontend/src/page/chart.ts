/** The chart: lanes of marks along an axis of time. It is drawn by hand; what it shows, the list says as well. */
import { momentOf, ticksOf } from "./dates";
import { eachFrame, s } from "./dom";
import type { Lane } from "./lanes";
import { pack } from "./lanes";
import { BARS, drawBars, drawMark, extentOf, fades, isSeen, LANE_HEAD, ROW, type Scale } from "./marks";
import type { View } from "./state";

const AXIS = 34;

export interface Window {
  from: number;
  to: number;
}

export class Chart {
  readonly svg = s("svg", { class: "chart", "aria-hidden": "true", focusable: "false" });
  window: Window = { from: 0, to: 1 };
  private width = 800;
  private height = 0;
  private lanes: Lane[] = [];
  private readonly layer = s("g");
  private readonly ground = s("g");
  /** The window that was drawn: until the next drawing the layer is only moved. */
  private drawn: Window = { from: 0, to: 1 };
  private fresh = new Set<string>();
  private readonly redraw = eachFrame(() => this.draw());
  private readonly shift = eachFrame(() => this.move());

  constructor(
    private readonly colorOf: (kind: string) => number,
    private view: View,
  ) {
    this.svg.append(fades(), this.ground, this.layer);
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
    this.ground.querySelector(".axis")?.setAttribute("transform", `translate(${by} 0)`);
  }

  private draw(): void {
    this.drawn = { ...this.window };
    const scale = this.scale();
    const marks = document.createDocumentFragment();
    const heads = document.createDocumentFragment();
    const highest = Math.max(1, ...this.lanes.flatMap((lane) => lane.bars.map((bar) => bar.count)));
    const at = momentOf(this.view.at);
    let top = AXIS;
    for (const lane of this.lanes) {
      const seen = { ...lane, marks: lane.marks.filter((mark) => isSeen(mark, scale)) };
      pack(seen, (mark) => extentOf(mark, scale));
      const height = lane.bars.length ? BARS : seen.rows * ROW;
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
        marks.append(drawMark(mark, scale, top + LANE_HEAD - 4, this.colorOf(mark.event.kind), classes.filter(Boolean).join(" ")));
      }
      top += LANE_HEAD + height;
    }
    this.height = Math.max(top + 8, 160);
    if (at !== null) marks.append(...this.cursor(scale.x(at)));
    this.ground.replaceChildren(this.axis(scale), heads);
    this.layer.replaceChildren(marks);
    this.layer.removeAttribute("transform");
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.setAttribute("height", String(this.height));
    this.svg.setAttribute("width", String(this.width));
  }

  private axis(scale: Scale): SVGGElement {
    const axis = s("g", { class: "axis" });
    const half = this.span / 2;
    const count = Math.max(4, Math.round(this.width / 50));
    const seen = ticksOf(this.window.from, this.window.to, count / 2);
    const strong = seen.some((tick) => tick.strong);
    for (const tick of ticksOf(this.window.from - half, this.window.to + half, count)) {
      const x = scale.x(tick.time);
      const first = !strong && seen[0]?.time === tick.time;
      axis.append(s("line", { class: tick.strong ? "tick strong" : "tick", x1: x, x2: x, y1: AXIS - 8, y2: this.height }));
      axis.append(s("text", { class: tick.strong ? "time strong" : "time", x: x + 4, y: 19 }, first ? seen[0]!.text : plain(tick.text)));
    }
    return axis;
  }

  private cursor(x: number): SVGElement[] {
    return [s("line", { class: "cursor", x1: x, x2: x, y1: 6, y2: this.height }), s("circle", { class: "cursor", cx: x, cy: 6, r: 4 })];
  }
}

/** Only the first tick in view repeats its year. */
const plain = (text: string) => text.replace(/^(.*[A-Za-z:]\w*) -?\d{1,4}( BC)?$/, "$1");
