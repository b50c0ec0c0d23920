/** The page of one timeline. */
import "./style.css";
import { ask, ROOT } from "./api";
import { load, positionAt } from "./data";
import { h } from "./dom";
import { Page } from "./page";
import { EMBEDDED, State } from "./state";

const QUERY = `query ($slug: ID!) { timeline(slug: $slug) { slug title description basis { position recordedAt } } }`;
const slug = decodeURIComponent(location.pathname.match(/\/t\/([^/]*)$/)?.[1] ?? "");

async function start(): Promise<void> {
    document.body.classList.toggle("embedded", EMBEDDED);
    const links = [
        h("a", { href: ROOT.href }, "Timelines"),
        h("a", { href: new URL("graphql", ROOT).href }, "GraphQL"),
    ];
    const top = h("header", { class: "top" }, !EMBEDDED && h("nav", { "aria-label": "Site" }, ...links));
    document.body.append(top);
    const state = new State();
    if (state.moment) state.view.known = await positionAt(slug, state.moment);
    const events = load(slug, state.view, new AbortController().signal);
    events.catch(() => {}); // the page looks at it later
    const { timeline } = await ask<any>(QUERY, { slug });
    if (!timeline) {
        document.title = "There is no such timeline";
        top.append(
            h("h1", {}, document.title),
            h("p", { class: "lead" }, "Nothing is known here by the name ", h("q", {}, slug), "."),
        );
        return;
    }
    document.title = timeline.title;
    top.append(
        h("h1", {}, timeline.title),
        timeline.description ? h("p", { class: "lead" }, timeline.description) : "",
    );
    await new Page(timeline, state, events).start();
}

start().catch((error) => {
    document.body.append(h("p", { role: "alert", class: "lost" }, `The page could not be loaded: ${error.message}`));
});
