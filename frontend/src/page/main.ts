/** The page of one timeline. */
import "./style.css";
import { ask, features, ROOT } from "./api";
import { h } from "./dom";
import { Page } from "./page";
import { EMBEDDED } from "./state";

const slug = decodeURIComponent(location.pathname.match(/\/t\/([^/]*)$/)?.[1] ?? "");

async function start(): Promise<void> {
    document.body.classList.toggle("embedded", EMBEDDED);
    const query = `query ($slug: ID!) { timeline(slug: $slug) { slug title description basis { position recordedAt } } }`;
    const [{ timeline }, known] = await Promise.all([ask<any>(query, { slug }), features()]);
    if (!timeline) {
        document.body.append(
            h(
                "main",
                { class: "lost" },
                h("h1", {}, "There is no such timeline"),
                h("p", {}, h("a", { href: ROOT.href }, "All timelines")),
            ),
        );
        return;
    }
    document.title = timeline.title;
    await new Page(timeline, known).start();
}

start().catch((error) => {
    document.body.append(h("p", { role: "alert", class: "lost" }, `The page could not be loaded: ${error.message}`));
});
