/** What the page of a timeline is made of, and how its parts hear of changes. */
import { follow, ROOT } from "./api";
import { Card } from "./card";
import { Chart, type Window } from "./chart";
import { Choices, mostNamed } from "./choices";
import { Controls, Toolbar } from "./controls";
import { load, type Loaded, loadStretch, type Stretch } from "./data";
import { DAY } from "./dates";
import { h, settled } from "./dom";
import { download, svgText } from "./download";
import { listen, zoomed } from "./gestures";
import { lanesOf } from "./lanes";
import { List } from "./list";
import { Sliders } from "./sliders";
import { filtersOf, type State, type View } from "./state";
import { Ranks } from "./ranks";
import { States } from "./states";
import type { Basis } from "./types";

const FEEDS = { atom: "Atom", ics: "Calendar", csv: "CSV", jsonl: "CloudEvents", "timelinejs.json": "TimelineJS" };

interface About {
    slug: string;
    title: string;
    description: string | null;
    basis: Basis;
}

export class Page {
    private readonly colors = new Map<string, number>();
    private readonly choices = new Choices();
    private readonly chart: Chart;
    private readonly list: List;
    private readonly card: Card;
    private readonly states: States;
    private readonly ranks: Ranks;
    private readonly controls: Controls;
    private readonly toolbar: Toolbar;
    private readonly sliders: Sliders;
    private readonly stage = h("div", {
        class: "stage",
        tabindex: 0,
        role: "group",
        "aria-label": "Chart",
        "aria-describedby": "keys",
    });
    private readonly notice = h("p", { class: "notice", role: "status" });
    private readonly feeds = h("nav", { class: "feeds", "aria-label": "Feeds" });
    private head: number;
    private loaded: Loaded | null = null;
    private stretch: Stretch | null = null;
    private seen = new Set<string>();
    private asked: AbortController | null = null;
    private stretchAsked: AbortController | null = null;
    private readonly settle = settled(140, () => this.settled());
    private readonly grown = settled(60, () => this.reload());

    constructor(
        private readonly about: About,
        private readonly state: State,
        /** What was asked for while the page was made. */
        private coming: Promise<Loaded> | null,
    ) {
        this.head = about.basis.position;
        const colorOf = (kind: string) => this.colorOf(kind);
        this.chart = new Chart(colorOf, state.view);
        this.list = new List(state, colorOf);
        this.sliders = new Sliders(state);
        this.card = new Card(about.slug, state, (event) => this.list.focus(event));
        this.states = new States(about.slug, state);
        this.ranks = new Ranks(about.slug, state);
        this.controls = new Controls(state);
        this.toolbar = new Toolbar(state, {
            zoom: (factor) => this.look(zoomed(this.chart.window, factor)),
            fit: () => this.fit(),
            download: () => download(`${about.slug}.svg`, svgText(this.chart.svg, about.title)),
        });
    }

    async start(): Promise<void> {
        this.stage.append(this.chart.svg);
        document.body.append(
            h(
                "main",
                { class: "columns" },
                h(
                    "div",
                    { class: "left" },
                    h("div", { class: "bar" }, this.controls.element, this.toolbar.element),
                    h("div", { class: "frame" }, this.stage, this.notice),
                    h(
                        "p",
                        { id: "keys", class: "keys" },
                        "Drag to move, Ctrl and wheel to zoom. Keys: ← → move, + − zoom, ↑ ↓ choose an event, 0 shows all.",
                    ),
                    this.sliders.element,
                    this.ranks.element,
                    this.list.element,
                ),
                h("div", { class: "right" }, this.card.element, this.states.element),
            ),
            h("footer", {}, this.feeds),
        );
        new ResizeObserver(() => {
            this.chart.resize(this.width);
            this.ranks.look(this.chart.window, this.width);
        }).observe(this.stage);
        listen({
            element: this.stage,
            width: () => this.width,
            window: () => this.chart.window,
            look: (window) => this.look(window),
            fit: () => this.fit(),
            step: (by) => this.step(by),
        });
        this.stage.addEventListener("scroll", () => this.chart.scroll(this.stage.scrollTop));
        this.stage.addEventListener("click", (event) => this.clicked(event.target as Element));
        this.state.listen((view, changed) => this.changed(view, changed));
        this.showControls(this.state.view);
        await this.reload();
        follow(this.about.slug, this.head, (position) => {
            this.head = Math.max(this.head, position);
            this.grown();
        });
    }

    private get width(): number {
        return this.stage.clientWidth || 800;
    }

    private colorOf(kind: string): number {
        const family = kind.replace(/[.:].*$/, "");
        if (!this.colors.has(family)) this.colors.set(family, this.colors.size % 8);
        return this.colors.get(family)!;
    }

    private changed(view: View, changed: Set<keyof View>): void {
        const asks = (["kinds", "entities", "source", "search", "known"] as const).some((name) => changed.has(name));
        if (asks) this.reload();
        else if (changed.has("lanes") && !this.loaded?.complete) this.loadStretch(true);
        if (changed.has("event") || (changed.has("known") && view.event)) this.card.show(view);
        if (changed.has("at")) this.states.show(view, this.subjects());
        this.show();
    }

    /** Ask for what the filters admit, and show it. */
    private async reload(): Promise<void> {
        this.asked?.abort();
        this.asked = new AbortController();
        const { signal } = this.asked;
        const { view } = this.state;
        const first = this.loaded === null;
        this.stage.setAttribute("aria-busy", "true");
        try {
            const coming = this.coming ?? load(this.about.slug, view, signal);
            this.coming = null;
            this.loaded = await coming;
            if (view.known === null) this.head = Math.max(this.head, this.loaded.basis.position);
            if (!this.loaded.complete) this.stretch = null;
        } catch (error) {
            if (signal.aborted) return;
            this.notice.textContent = `The events could not be loaded: ${(error as Error).message}`;
            return;
        }
        this.stage.removeAttribute("aria-busy");
        this.choices.gather(this.loaded.events);
        if (first) {
            if (view.from !== null && view.to !== null) this.chart.window = { from: view.from, to: view.to };
            else this.chart.window = this.all();
            this.ranks.look(this.chart.window, this.width);
            if (view.event) this.card.show(view);
        }
        this.show();
        if (!this.loaded.complete) await this.loadStretch(true);
        this.states.show(view, this.subjects());
        this.ranks.show(view, this.subjects());
    }

    /** Events in and around the window, where they are too many to have them all. */
    private async loadStretch(anew: boolean): Promise<void> {
        if (!this.loaded) return;
        const { from, to } = this.chart.window;
        const half = (to - from) / 2;
        const has = this.stretch;
        const near = has && has.from <= from && has.to >= to && has.to - has.from < 5 * (to - from);
        if (!anew && near) return;
        this.stretchAsked?.abort();
        this.stretchAsked = new AbortController();
        const { signal } = this.stretchAsked;
        try {
            this.stretch = await loadStretch(
                this.about.slug,
                this.state.view,
                this.loaded,
                from - half,
                to + half,
                this.width * 2,
                signal,
            );
        } catch (error) {
            if (!signal.aborted)
                this.notice.textContent = `The events could not be loaded: ${(error as Error).message}`;
            return;
        }
        this.choices.gather(this.stretch.events);
        this.choices.gatherBars(this.stretch.bars ?? [], this.state.view.lanes);
        this.show();
    }

    private show(): void {
        const { view } = this.state;
        if (!this.loaded) return;
        const { events, total, bars } =
            this.loaded.complete || !this.stretch ? { ...this.loaded, bars: null } : this.stretch;
        const fresh = new Set(
            events.map((event) => event.eventId).filter((id) => this.seen.size && !this.seen.has(id)),
        );
        const drawn = this.loaded.complete || this.stretch ? events : [];
        this.chart.show(lanesOf(drawn, view, bars, this.choices.entities), view, fresh);
        this.list.show(events, total, fresh);
        this.list.choose(view.event);
        this.showControls(view);
        this.notice.textContent = "";
        for (const event of events) this.seen.add(event.eventId);
    }

    /** The entities that were chosen, else those that are named most: where not all is loaded, nobody can say which. */
    private subjects(): string[] {
        const { entities } = this.state.view;
        return entities.length || !this.loaded?.complete ? entities : mostNamed(this.loaded.events);
    }

    private showControls(view: View): void {
        this.controls.show(view, this.choices);
        this.toolbar.show(view);
        this.sliders.show(view, this.loaded?.extent ?? null, this.head, this.loaded?.basis ?? null);
        const filters = filtersOf(view);
        const address = (name: string) => `${new URL(`t/${this.about.slug}.${name}`, ROOT)}${filters && `?${filters}`}`;
        this.feeds.replaceChildren(
            "As a feed: ",
            ...Object.entries(FEEDS).map(([name, text]) => h("a", { href: address(name) }, text)),
        );
    }

    private all(): Window {
        const [first, last] = this.loaded?.extent ?? [Date.now() - DAY, Date.now()];
        const margin = Math.max((last - first) * 0.04, DAY / 2);
        return { from: first - margin, to: last + margin * 2 };
    }

    private fit(): void {
        this.look(this.all());
        this.state.change({ from: null, to: null });
    }

    private look(window: Window): void {
        this.chart.look(window);
        this.ranks.look(window, this.width);
        this.settle();
    }

    private settled(): void {
        const { from, to } = this.chart.window;
        const all = this.all();
        const fits = Math.abs(from - all.from) < 1 && Math.abs(to - all.to) < 1;
        this.state.change(fits ? { from: null, to: null } : { from: Math.round(from), to: Math.round(to) });
        this.chart.settle();
        if (!this.loaded?.complete) this.loadStretch(false);
    }

    private step(by: number): void {
        const event = this.list.next(by);
        if (!event) return;
        this.state.change({ event });
        this.chart.reveal();
    }

    private clicked(target: Element): void {
        const mark = target.closest<SVGElement>("[data-event]");
        const bar = target.closest<SVGElement>("[data-from]");
        if (mark) this.state.change({ event: mark.dataset.event! });
        else if (bar) this.look({ from: Date.parse(bar.dataset.from!), to: Date.parse(bar.dataset.to!) });
    }
}
