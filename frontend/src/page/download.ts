/** The chart as a file of its own: its styles come along, with the colours that are on the screen. */
import css from "./chart.css?inline";

export function svgText(svg: SVGSVGElement, title: string): string {
    const copy = svg.cloneNode(true) as SVGSVGElement;
    const style = getComputedStyle(document.documentElement);
    const resolved = css.replace(/var\((--[\w-]+)\)/g, (_, name: string) => style.getPropertyValue(name).trim());
    const { width, height } = svg.viewBox.baseVal;
    const parts = [
        element("title", title),
        element("style", resolved),
        Object.entries({ width: "100%", height: "100%", fill: style.getPropertyValue("--paper").trim() }).reduce(
            (rect, [name, value]) => (rect.setAttribute(name, value), rect),
            element("rect"),
        ),
    ];
    copy.prepend(...parts);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", String(width));
    copy.setAttribute("height", String(height));
    copy.removeAttribute("aria-hidden");
    return new XMLSerializer().serializeToString(copy);
}

const svgDocument = document.implementation.createDocument("http://www.w3.org/2000/svg", "svg");

/** Made in a document of its own, so that a style in it is text and is not applied, which the page's policy forbids. */
function element(name: string, text = ""): Element {
    const made = svgDocument.createElementNS("http://www.w3.org/2000/svg", name);
    made.textContent = text;
    return made;
}

export function download(name: string, text: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
