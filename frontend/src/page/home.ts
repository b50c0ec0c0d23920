/** The list of timelines. */
import "./style.css";
import { ask, ROOT } from "./api";
import { h } from "./dom";

const QUERY = `query ($after: String) {
  timelines(first: 100, after: $after) {
    nodes { slug title description basis { position } }
    pageInfo { endCursor hasNextPage }
  }
}`;

const list = h("ul", { class: "timelines" });
document.title = "Timelines";
document.body.className = "home";
document.body.append(
    h(
        "main",
        {},
        h("h1", {}, "Timelines"),
        h("p", { class: "lead" }, "What happened, when, who says so, and what was true then."),
        list,
        h("footer", {}, h("a", { href: new URL("graphql", ROOT).href }, "Ask in GraphQL")),
    ),
);

async function fillList(): Promise<void> {
    let after: string | null = null;
    do {
        const { timelines }: any = await ask(QUERY, { after });
        for (const one of timelines.nodes) {
            const count = one.basis.position;
            list.append(
                h(
                    "li",
                    {},
                    h("a", { href: new URL(`t/${one.slug}`, ROOT).href }, one.title),
                    one.description && h("p", {}, one.description),
                    h("small", {}, count === 1 ? "1 record" : `${count.toLocaleString("en")} records`),
                ),
            );
        }
        after = timelines.pageInfo.hasNextPage ? timelines.pageInfo.endCursor : null;
    } while (after);
    if (!list.children.length) list.replaceWith(h("p", {}, "There are none yet."));
}

fillList().catch((error) => list.replaceWith(h("p", { role: "alert" }, `They could not be loaded: ${error.message}`)));
