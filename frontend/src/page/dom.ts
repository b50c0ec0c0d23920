/** Making elements. Text goes in as text: nothing that was recorded is ever read as HTML. */
type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, given: Attributes = {}, ...children: Child[]) {
    return fill(document.createElement(tag), given, children);
}

export function s<K extends keyof SVGElementTagNameMap>(tag: K, given: Attributes = {}, ...children: Child[]) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), given, children);
}

function fill<E extends Element>(element: E, given: Attributes, children: Child[]): E {
    for (const [name, value] of Object.entries(given)) {
        if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
        else if (value !== null && value !== undefined && value !== false)
            element.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children) if (child || child === "") element.append(child);
    return element;
}

/** A link to what somebody else recorded: only http and https lead anywhere. */
export function outside(url: string, text: string): Node | string {
    return /^https?:\/\//i.test(url)
        ? h("a", { href: url, rel: "noopener noreferrer external", target: "_blank" }, text)
        : text;
}

/** Calls at most once a frame, with what was given last. */
export function eachFrame(call: () => void): () => void {
    let asked = 0;
    return () => {
        asked ||= requestAnimationFrame(() => {
            asked = 0;
            call();
        });
    };
}

/** Calls when nothing was asked for `delay` ms. */
export function settled(delay: number, call: () => void): () => void {
    let timer: ReturnType<typeof setTimeout>;
    return () => {
        clearTimeout(timer);
        timer = setTimeout(call, delay);
    };
}
