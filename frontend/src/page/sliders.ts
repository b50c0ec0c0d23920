/** Two ways through time: in the world, and through what was known. */
import { DAY, dayEdtf, dayText, momentOf, momentText } from "./dates";
import { h } from "./dom";
import type { State, View } from "./state";
import type { Basis } from "./types";

export class Sliders {
    readonly element = h("section", { class: "sliders", "aria-label": "Through time" });
    private readonly at = h("input", { type: "range", id: "at", step: 1 });
    private readonly atText = h("output", { for: "at" });
    private readonly atClear = h("button", { type: "button", class: "plain" }, "Any date");
    private readonly known = h("input", { type: "range", id: "known", min: 0, step: 1 });
    private readonly knownText = h("output", { for: "known" });
    private readonly knownClear = h("button", { type: "button", class: "plain" }, "Up to now");

    constructor(state: State) {
        this.at.addEventListener("input", () => state.change({ at: dayEdtf(this.at.valueAsNumber * DAY) }));
        this.atClear.addEventListener("click", () => {
            state.change({ at: "" });
            this.at.focus();
        });
        this.known.addEventListener("input", () => {
            const position = this.known.valueAsNumber;
            state.change({ known: position === Number(this.known.max) ? null : position });
        });
        this.knownClear.addEventListener("click", () => {
            state.change({ known: null });
            this.known.focus();
        });
        this.element.append(
            h("div", {}, h("label", { for: "at" }, "In the world"), this.at, h("p", {}, this.atText, this.atClear)),
            h(
                "div",
                {},
                h("label", { for: "known" }, "What was known"),
                this.known,
                h("p", {}, this.knownText, this.knownClear),
            ),
        );
    }

    show(view: View, extent: [number, number] | null, head: number, basis: Basis | null): void {
        const [first, last] = extent ?? [0, DAY];
        this.at.min = String(Math.floor(first / DAY));
        this.at.max = String(Math.max(Math.ceil(last / DAY), Math.floor(first / DAY) + 1));
        const moment = momentOf(view.at);
        const day = moment === null ? Number(this.at.max) : moment / DAY - 1;
        if (document.activeElement !== this.at || moment === null) this.at.value = String(day);
        this.atText.textContent = moment === null ? "Slide to a date" : dayText(day * DAY);
        this.at.setAttribute("aria-valuetext", moment === null ? "no date chosen" : dayText(day * DAY));
        this.atClear.hidden = moment === null;

        this.known.max = String(head);
        this.known.value = String(view.known ?? head);
        const recorded =
            basis?.recordedAt && basis.position === (view.known ?? basis.position)
                ? `, ${momentText(basis.recordedAt)}`
                : "";
        const text =
            view.known === null
                ? `All ${head.toLocaleString("en")} records`
                : `As of record ${view.known.toLocaleString("en")} of ${head.toLocaleString("en")}${recorded}`;
        this.knownText.textContent = text;
        this.known.setAttribute("aria-valuetext", text);
        this.knownClear.hidden = view.known === null;
        document.body.classList.toggle("in-the-past", view.known !== null);
    }
}
