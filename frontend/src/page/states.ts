/** What was true of some entities at a date, as known then: every value leads to the event that set it. */
import { ask } from "./api";
import { knownAt } from "./data";
import { dayText, momentOf } from "./dates";
import { h } from "./dom";
import { kindText } from "./lanes";
import type { State, View } from "./state";

const QUERY = `query ($slug: ID!, $refs: [ID!]!, $at: EDTF, $known: KnownAt) {
  timeline(slug: $slug) {
    entitiesByRef(refs: $refs, at: $at, knownAt: $known) {
      ref name kind description
      facts(first: 50) { nodes { attribute keyEntity { name } text since { text } event { eventId } } }
      uncertain(first: 10) { nodes { eventId headline } }
    }
  }
}`;

export class States {
    readonly element = h("section", { class: "states", "aria-label": "States", "aria-live": "polite", hidden: true });
    private asked: AbortController | null = null;

    constructor(
        private readonly slug: string,
        private readonly state: State,
    ) {}

    /** Of the first of some entities: of those that nobody has chosen, only what there is something to say about. */
    async show(view: View, subjects: string[]): Promise<void> {
        const refs = subjects.slice(0, 8);
        if (!refs.length) {
            this.element.hidden = true;
            return;
        }
        this.asked?.abort();
        this.asked = new AbortController();
        const { signal } = this.asked;
        try {
            const { timeline } = await ask<any>(
                QUERY,
                { slug: this.slug, refs, at: view.at || null, known: knownAt(view) },
                signal,
            );
            const moment = momentOf(view.at);
            const title = moment === null ? "What is true" : `What was true on ${dayText(moment - 1)}`;
            const entities = timeline.entitiesByRef.filter(Boolean);
            const shown = view.entities.length
                ? entities
                : entities.filter((entity: any) => entity.facts.nodes.length).slice(0, 3);
            this.element.replaceChildren(h("h2", {}, title), ...shown.map((entity: any) => this.entity(entity)));
            this.element.hidden = false;
        } catch (error) {
            if (signal.aborted) return;
            this.element.replaceChildren(
                h("p", { role: "alert" }, `States could not be loaded: ${(error as Error).message}`),
            );
            this.element.hidden = false;
        }
    }

    private entity(entity: any): Node {
        const facts = entity.facts.nodes.map((fact: any) => [
            h(
                "dt",
                {},
                kindText(fact.attribute.replace(/^[^.]*\./, "")),
                fact.keyEntity && h("small", {}, fact.keyEntity.name),
            ),
            h(
                "dd",
                {},
                h(
                    "button",
                    {
                        type: "button",
                        class: "plain",
                        title: "What set it",
                        onclick: () => this.state.change({ event: fact.event.eventId }),
                    },
                    fact.text,
                ),
                fact.text !== fact.since.text && h("small", {}, sinceText(fact.since.text)),
            ),
        ]);
        const unsure = entity.uncertain.nodes.map((event: any) =>
            h(
                "li",
                {},
                h(
                    "button",
                    { type: "button", class: "plain", onclick: () => this.state.change({ event: event.eventId }) },
                    event.headline,
                ),
            ),
        );
        return h(
            "article",
            {},
            h("h3", {}, entity.name, h("small", {}, kindText(entity.kind))),
            facts.length ? h("dl", {}, ...facts.flat()) : h("p", { class: "none" }, "Nothing is known of it by then."),
            unsure.length > 0 &&
                h(
                    "details",
                    {},
                    h("summary", {}, `${unsure.length} more that may have happened by then`),
                    h("ul", {}, ...unsure),
                ),
        );
    }
}

/** Some dates say "since" or "by" themselves. */
const sinceText = (text: string) =>
    /^(since|by|until|from|between) /.test(text) || /later$/.test(text) ? text : `since ${text}`;
