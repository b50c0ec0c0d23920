/** The events as a list: the same that the chart shows, for reading, for keys and for screen readers. */
import { hostOf } from "./choices";
import { spanOf, yearText } from "./dates";
import { h } from "./dom";
import { kindText } from "./lanes";
import type { State } from "./state";
import type { Happening } from "./types";

export class List {
    readonly element = h("section", { class: "list", "aria-labelledby": "events" });
    private readonly count = h("h2", { id: "events", tabindex: -1 });
    private readonly body = h("div");

    constructor(
        private readonly state: State,
        private readonly colorOf: (kind: string) => number,
    ) {
        this.element.append(this.count, this.body);
        this.element.addEventListener("keydown", (event) => this.walk(event));
    }

    show(events: Happening[], total: number, fresh: Set<string>): void {
        const focused = (document.activeElement as HTMLElement | null)?.dataset.event;
        this.count.textContent = total === 1 ? "1 event" : `${total.toLocaleString("en")} events`;
        const groups: HTMLElement[] = [];
        let year: string | null = null;
        let list = h("ol");
        for (const event of events) {
            const here = groupOf(event);
            if (here !== year) {
                list = h("ol");
                groups.push(h("h3", {}, here), list);
                year = here;
            }
            list.append(this.item(event, fresh));
        }
        if (!events.length)
            groups.push(h("p", { class: "none" }, "Nothing matches. Take a filter away, or look at another time."));
        if (total > events.length)
            groups.push(
                h("p", { class: "none" }, `The first ${events.length} of them. Zoom in or filter to see the others.`),
            );
        this.body.replaceChildren(...groups);
        if (focused) this.button(focused)?.focus({ preventScroll: true });
    }

    choose(event: string | null): void {
        for (const button of this.element.querySelectorAll("[aria-current]")) button.removeAttribute("aria-current");
        if (event) this.button(event)?.setAttribute("aria-current", "true");
    }

    /** The event that stands so many places after the one that is chosen. */
    next(by: number): string | null {
        const buttons = this.buttons();
        const now = buttons.findIndex((button) => button.dataset.event === this.state.view.event);
        const next = now < 0 ? (by > 0 ? 0 : buttons.length - 1) : now + by;
        return buttons[next]?.dataset.event ?? null;
    }

    focus(event: string): void {
        (this.button(event) ?? this.count).focus();
    }

    private item(event: Happening, fresh: Set<string>): HTMLElement {
        const chosen = this.state.view.event === event.eventId;
        const by = [...new Set(event.sources.map((source) => source.publisher ?? (source.url && hostOf(source.url))))];
        return h(
            "li",
            { class: fresh.has(event.eventId) ? "fresh" : "" },
            h(
                "button",
                {
                    type: "button",
                    "data-event": event.eventId,
                    "aria-current": chosen ? "true" : null,
                    onclick: () => this.state.change({ event: event.eventId }),
                },
                h("span", { class: "when" }, event.occurred?.text ?? ""),
                h(
                    "span",
                    { class: "what" },
                    event.headline,
                    event.disputes?.length ? h("em", { class: "badge" }, "disputed") : null,
                ),
                h(
                    "span",
                    { class: "kind" },
                    h("i", { class: `c${this.colorOf(event.kind)}` }),
                    kindText(event.kind),
                    ...by
                        .filter(Boolean)
                        .slice(0, 2)
                        .map((one) => ` · ${one}`),
                ),
            ),
        );
    }

    private walk(event: KeyboardEvent): void {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!by) return;
        const buttons = this.buttons();
        const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
        if (now < 0 || !buttons[now + by]) return;
        event.preventDefault();
        buttons[now + by]!.focus();
    }

    private buttons(): HTMLButtonElement[] {
        return [...this.element.querySelectorAll<HTMLButtonElement>("button[data-event]")];
    }

    private button(event: string): HTMLButtonElement | undefined {
        return this.buttons().find((button) => button.dataset.event === event);
    }
}

/** The year in which it has certainly begun: that is how the events are ordered. */
function groupOf({ occurred }: Happening): string {
    if (!occurred) return "Without a date";
    const { startHi } = spanOf(occurred);
    if (startHi === -Infinity) return "Begun at some time before";
    if (startHi === Infinity) return "Begun, or yet to begin";
    return yearText(new Date(startHi - 1).getUTCFullYear());
}
