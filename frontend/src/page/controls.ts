/** Search, filters and the toolbar: native controls, so that every key works that people know. */
import type { Choices } from "./choices";
import { h, settled } from "./dom";
import { kindText } from "./lanes";
import type { State, View } from "./state";

export class Controls {
    readonly element = h("form", {
        class: "controls",
        role: "search",
        "aria-label": "Filters",
        onsubmit: (event) => event.preventDefault(),
    });
    private readonly search = h("input", {
        type: "search",
        name: "q",
        placeholder: "Search",
        "aria-label": "Search",
        autocomplete: "off",
    });
    private readonly kinds = new Menu("Kinds", (kinds) => this.state.change({ kinds }));
    private readonly entities = new Menu("Entities", (entities) => this.state.change({ entities }), true);
    private readonly source = h(
        "select",
        { name: "source", "aria-label": "Source" },
        h("option", { value: "" }, "All sources"),
    );
    private readonly clear = h("button", { type: "button", class: "plain", onclick: () => this.reset() }, "Clear");

    constructor(private readonly state: State) {
        const typed = settled(250, () => state.change({ search: this.search.value.trim() }));
        this.search.addEventListener("input", typed);
        this.source.addEventListener("change", () => state.change({ source: this.source.value }));
        this.element.append(this.search, this.kinds.element, this.entities.element, this.source, this.clear);
    }

    show(view: View, choices: Choices): void {
        if (document.activeElement !== this.search) this.search.value = view.search;
        this.kinds.show(
            [...choices.kinds].sort().map((kind) => [kind, kindText(kind)]),
            view.kinds,
        );
        const named = [...choices.entities].sort(([, a], [, b]) => a.localeCompare(b, "en"));
        this.entities.show(named, view.entities);
        const hosts = [...new Set([...choices.hosts, view.source])].filter(Boolean).sort();
        // A list that is rebuilt would forget what was typed to choose from it.
        if (
            hosts.join() !==
            [...this.source.options]
                .slice(1)
                .map((option) => option.value)
                .join()
        ) {
            this.source.replaceChildren(
                this.source.options[0]!,
                ...hosts.map((host) => h("option", { value: host }, host)),
            );
        }
        this.source.value = view.source;
        this.source.hidden = !hosts.length;
        this.clear.hidden = !(view.search || view.kinds.length || view.entities.length || view.source);
    }

    private reset(): void {
        this.search.value = "";
        this.state.change({ search: "", kinds: [], entities: [], source: "" });
        this.element.querySelector<HTMLElement>("input, summary")?.focus();
    }
}

/** Several of many, in a panel that opens. */
class Menu {
    readonly element = h("details", { class: "menu" });
    private readonly summary = h("summary");
    private readonly panel = h("div", { class: "panel", role: "group" });
    private readonly find = h("input", { type: "search", placeholder: "Find", autocomplete: "off" });
    private readonly options = h("div", { class: "options" });
    private shown = "";

    constructor(
        private readonly title: string,
        private readonly chosen: (values: string[]) => void,
        long = false,
    ) {
        this.panel.setAttribute("aria-label", title);
        this.find.setAttribute("aria-label", `Find among ${title.toLowerCase()}`);
        if (long) this.panel.append(this.find);
        this.panel.append(this.options);
        this.element.append(this.summary, this.panel);
        this.find.addEventListener("input", () => this.narrow());
        this.element.addEventListener("keydown", (event) => {
            if (event.key !== "Escape" || !this.element.open) return;
            this.element.open = false;
            this.summary.focus();
        });
        document.addEventListener("pointerdown", (event) => {
            if (!this.element.contains(event.target as Node)) this.element.open = false;
        });
        this.element.addEventListener("focusout", (event) => {
            if (event.relatedTarget && !this.element.contains(event.relatedTarget as Node)) this.element.open = false;
        });
    }

    show(options: [string, string][], values: string[]): void {
        this.summary.textContent = values.length ? `${this.title} (${values.length})` : this.title;
        this.element.classList.toggle("active", values.length > 0);
        const key = JSON.stringify([options, values]);
        if (key === this.shown) return;
        this.shown = key;
        const focused = this.options.contains(document.activeElement)
            ? (document.activeElement as HTMLInputElement).value
            : null;
        const missing = values
            .filter((value) => !options.some(([each]) => each === value))
            .map((value): [string, string] => [value, value]);
        this.options.replaceChildren(
            ...[...missing, ...options].map(([value, text]) =>
                h(
                    "label",
                    {},
                    h("input", {
                        type: "checkbox",
                        value,
                        checked: values.includes(value),
                        onchange: () => this.chosen(this.values()),
                    }),
                    text,
                ),
            ),
        );
        this.narrow();
        if (focused !== null)
            [...this.options.querySelectorAll("input")].find((input) => input.value === focused)?.focus();
    }

    private values(): string[] {
        return [...this.options.querySelectorAll<HTMLInputElement>("input:checked")].map((input) => input.value);
    }

    private narrow(): void {
        const wanted = this.find.value.trim().toLowerCase();
        for (const label of this.options.querySelectorAll("label"))
            label.hidden = !label.textContent!.toLowerCase().includes(wanted);
    }
}

interface Actions {
    zoom(factor: number): void;
    fit(): void;
    download(): void;
}

/** Lanes by kind or entity, zoom, fit, download. */
export class Toolbar {
    readonly element = h("div", { class: "toolbar", role: "group", "aria-label": "Chart" });
    private readonly lanes: HTMLInputElement[];

    constructor(state: State, act: Actions) {
        this.lanes = (["kind", "entity"] as const).map((value) =>
            h("input", {
                type: "radio",
                name: "lanes",
                value,
                id: `lanes-${value}`,
                onchange: () => state.change({ lanes: value }),
            }),
        );
        const label = (input: HTMLInputElement) => [input, h("label", { for: input.id }, `By ${input.value}`)];
        const button = (name: string, text: string, click: () => void) =>
            h("button", { type: "button", "aria-label": name, title: name, onclick: click }, text);
        this.element.append(
            h("span", { class: "choice", role: "radiogroup", "aria-label": "Lanes" }, ...this.lanes.flatMap(label)),
            h(
                "span",
                { class: "buttons" },
                button("Zoom out", "−", () => act.zoom(1 / 0.6)),
                button("Zoom in", "+", () => act.zoom(0.6)),
                h("button", { type: "button", title: "Show all there is", onclick: () => act.fit() }, "Fit"),
                h(
                    "button",
                    { type: "button", title: "Download the chart as SVG", onclick: () => act.download() },
                    "SVG",
                ),
            ),
        );
    }

    show(view: View): void {
        for (const input of this.lanes) input.checked = input.value === view.lanes;
    }
}
