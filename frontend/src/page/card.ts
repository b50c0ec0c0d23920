/** One event in full: who says so, in which words, what became of the claim, what it changed. */
import { ask } from "./api";
import { knownAt } from "./data";
import { momentText } from "./dates";
import { h, outside } from "./dom";
import { kindText } from "./lanes";
import type { State, View } from "./state";

const SOURCES = "sources { url publisher title author published { text } retrieved quote }";

const QUERY = `query ($slug: ID!, $event: UUID!, $known: KnownAt) {
    timeline(slug: $slug) {
        event(eventId: $event, knownAt: $known) {
            eventId kind position headline note data recordedAt recordedBy status
            occurred { text edtf }
            entities { role entity { ref name } }
            ${SOURCES}
            disputes { eventId note recordedAt ${SOURCES} }
            versions { eventId position headline recordedAt occurred { text } reason status }
            current { eventId }
            changes {
                nodes { entity { ref name } attribute before { text keyEntity { name } } after { text keyEntity { name } } }
            }
        }
    }
}`;

export class Card {
    readonly element = h("section", {
        class: "card",
        "aria-live": "polite",
        "aria-label": "The chosen event",
        hidden: true,
    });
    private readonly body = h("div");
    private asked: AbortController | null = null;

    constructor(
        private readonly slug: string,
        private readonly state: State,
        private readonly closed: (event: string) => void,
    ) {
        const close = h(
            "button",
            { type: "button", class: "close", "aria-label": "Close", onclick: () => this.close() },
            "×",
        );
        this.element.append(close, this.body); // the button stays, whatever is shown: the focus may be on it
        this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    }

    async show(view: View): Promise<void> {
        this.asked?.abort();
        this.element.hidden = !view.event;
        document.body.classList.toggle("has-card", !!view.event);
        if (!view.event) return;
        this.asked = new AbortController();
        const { signal } = this.asked;
        try {
            const given = { slug: this.slug, event: view.event, known: knownAt(view) };
            const { timeline } = await ask<any>(QUERY, given, signal);
            this.fill(timeline.event ? this.parts(timeline.event) : [h("p", {}, "This event was not known then.")]);
        } catch (error) {
            if (!signal.aborted)
                this.fill([h("p", { role: "alert" }, `It could not be loaded: ${(error as Error).message}`)]);
        }
    }

    private close(): void {
        const event = this.state.view.event;
        this.state.change({ event: null });
        if (event) this.closed(event);
    }

    private fill(parts: (Node | false | null)[]): void {
        this.body.replaceChildren(...parts.filter((part) => !!part));
    }

    private parts(event: any): (Node | false | null)[] {
        return [
            h("p", { class: "eyebrow" }, [kindText(event.kind), event.occurred?.text].filter(Boolean).join(" · ")),
            h("h2", {}, event.headline),
            this.standing(event),
            ...textsOf(event).map((text) => h("p", { class: "note" }, text)),
            event.entities.length > 0 && this.entities(event),
            section(
                "Who says so",
                event.sources.length ? event.sources.map(source) : [h("p", { class: "none" }, "No source was given.")],
            ),
            !!event.disputes?.length && section("Disputed", event.disputes.map(dispute)),
            event.versions?.length > 1 && section("What was said before and after", [this.versions(event)]),
            !!event.changes?.nodes.length && section("What it changed", [changes(event.changes.nodes)]),
            h(
                "p",
                { class: "proof" },
                `Record ${event.position.toLocaleString("en")}, ${momentText(event.recordedAt)}${event.recordedBy ? `, by ${event.recordedBy}` : ""}`,
            ),
        ];
    }

    private standing(event: any): Node | null {
        if (!event.status || event.status === "CURRENT") return null;
        const words: Record<string, string> = {
            CORRECTED: "This was corrected.",
            RETRACTED: "This was withdrawn.",
            REDACTED: "This was removed.",
        };
        const current = event.current && event.current.eventId !== event.eventId ? event.current.eventId : null;
        const show =
            current &&
            h(
                "button",
                { type: "button", class: "plain", onclick: () => this.state.change({ event: current }) },
                "Show what holds now",
            );
        return h("p", { class: "standing" }, `${words[event.status] ?? ""} `, show);
    }

    private entities(event: any): Node {
        const chips = [...new Map(event.entities.map((role: any) => [role.entity.ref, role.entity])).values()].map(
            (entity: any) =>
                h(
                    "li",
                    {},
                    h(
                        "button",
                        {
                            type: "button",
                            class: "chip",
                            title: "Only events about it",
                            onclick: () => this.state.change({ entities: [entity.ref] }),
                        },
                        entity.name,
                    ),
                ),
        );
        return h("ul", { class: "chips", "aria-label": "About" }, ...chips);
    }

    private versions(event: any): Node {
        return h(
            "ol",
            { class: "versions" },
            ...event.versions.map((one: any) =>
                h(
                    "li",
                    {},
                    one.eventId === event.eventId
                        ? h("strong", {}, one.headline)
                        : h(
                              "button",
                              {
                                  type: "button",
                                  class: "plain",
                                  onclick: () => this.state.change({ event: one.eventId }),
                              },
                              one.headline,
                          ),
                    h(
                        "small",
                        {},
                        [one.occurred?.text, one.status?.toLowerCase(), `record ${one.position}`]
                            .filter(Boolean)
                            .join(" · "),
                    ),
                    one.reason && h("q", {}, one.reason),
                ),
            ),
        );
    }
}

/** What the event itself says beyond its headline, and its note. */
function textsOf({ data, headline, note }: any): string[] {
    const said = Object.values(data ?? {}).filter((value) => typeof value === "string" && / /.test(value));
    return [...said, note].filter((text) => text && !headline.includes(text));
}

const section = (title: string, parts: Node[]) => h("section", {}, h("h3", {}, title), ...parts);

function source(given: any): Node {
    const title = given.title ?? given.publisher ?? given.url ?? "A source";
    const rest = [given.title && given.publisher, given.author, given.published?.text].filter(Boolean).join(", ");
    return h(
        "div",
        { class: "source" },
        h("p", {}, given.url ? outside(given.url, title) : title, rest && h("small", {}, rest)),
        given.quote && h("blockquote", {}, given.quote),
    );
}

function dispute(given: any): Node {
    return h("div", { class: "source" }, h("p", {}, given.note ?? "Without a note."), ...given.sources.map(source));
}

function changes(nodes: any[]): Node {
    return h(
        "ul",
        { class: "changes" },
        ...nodes.map((change) => {
            const key = (change.after ?? change.before)?.keyEntity?.name;
            const attribute = kindText(change.attribute.replace(/^[^.]*\./, "")).toLowerCase();
            return h(
                "li",
                {},
                h("span", {}, `${change.entity.name}: ${attribute}${key ? ` (${key})` : ""}`),
                h(
                    "span",
                    {},
                    h("s", {}, change.before?.text ?? "–"),
                    " → ",
                    h("strong", {}, change.after?.text ?? "–"),
                ),
            );
        }),
    );
}
